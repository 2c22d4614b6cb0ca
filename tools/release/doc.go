// Command release checks the published modules of the project for a version, zips them as the
// module proxy of Go would serve them, and prints the tags to set, in order.
//
//	release [-root FOLDER] [-out FOLDER] [-draft] VERSION
//	release [-root FOLDER] -require VERSION
//
// The first changes nothing but the output folder, which has the layout of a module proxy: with
// GOPROXY=file://FOLDER the go command uses the release before it is tagged. With -draft, nothing
// is checked. The second makes the other modules require the runtime at the version. The exit code
// is 1 if the modules cannot be released, and 2 on wrong usage.
package main
