// Package watch applies a configuration file whenever it changes, without a restart of the program.
// It takes the path of a file that [policyfile.DecodeConfig] reads and a function that applies the
// configuration, usually the method Apply of a runtime:
//
//	w, err := watch.File("policy.yaml", runtime.Apply)
//
// A file that cannot be applied is refused with its position and changes nothing. [Watcher.State]
// returns what is in use and what was refused, for example for a status page.
//
// It is apart from package policyfile so that only programs that watch files link fsnotify.
package watch
