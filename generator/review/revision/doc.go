// Package revision reads the files of a git revision.
//
// The input is a folder of a repository and the name of a revision. The output is a temporary
// folder with the files of the commit, which [Tree.Close] removes. The repository and its index are
// not changed, and the network is not used.
package revision
