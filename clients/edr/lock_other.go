//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package edr

import "os"

// tryLock locks nothing, because this system has no flock.
func tryLock(*os.File) (locked bool, err error) { return true, nil }
