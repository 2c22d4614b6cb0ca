package policyfile

import "time"

// A FileState is the state of a configuration file that is applied whenever it changes: see package
// watch.
type FileState struct {
	Path    string
	Applied time.Time // when the configuration in use was applied

	// Refused is why the file, as it is now, is not in use: it is missing, cannot be read, or is
	// invalid. nil: the file is in use. The configuration that was applied before remains.
	Refused error
	Since   time.Time // when the file was refused
}
