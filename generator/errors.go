package generator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// An InternalError reports a fault of the generator: a step panicked, or it printed Go source that
// does not compile. Nothing was written.
type InternalError struct {
	Step     string // load, select, plan, models, client, check, write, lint or kin-openapi
	Document string // path of the document; empty if the step is about all documents
	Err      error
}

func (e *InternalError) Error() string {
	where := "internal error in step " + e.Step
	if e.Document != "" {
		where += " of " + e.Document
	}
	if text := e.Err.Error(); !strings.Contains(text, "\n") {
		return where + ": " + text + "; please report it"
	}
	return where + "; please report it\n" + e.Err.Error()
}

// Unwrap returns the cause.
func (e *InternalError) Unwrap() error { return e.Err }

// guard calls do and returns its error. A panic in do is returned as an [InternalError] with the
// step and the document.
func guard(step, document string, do func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &InternalError{Step: step, Document: document, Err: fmt.Errorf("panic: %v%s", v, panicSite())}
		}
	}()
	return do()
}

// panicSite returns " at folder/file.go:line" for the statement that panicked. It must be called by
// the deferred function that recovered.
func panicSite() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	panicked := false
	for {
		frame, more := frames.Next()
		inRuntime := strings.HasPrefix(frame.Function, "runtime.")
		if panicked && !inRuntime {
			file := filepath.ToSlash(frame.File)
			return fmt.Sprintf(" at %s/%s:%d", path.Base(path.Dir(file)), path.Base(file), frame.Line)
		}
		panicked = panicked || inRuntime
		if !more {
			return ""
		}
	}
}

// withoutSyscall removes the name of the system call from an error of the file system.
func withoutSyscall(err error) error {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s: %w", filepath.ToSlash(pathErr.Path), pathErr.Err)
	}
	return err
}

// withoutPath removes the name of the system call and the file names from an error of the file
// system.
func withoutPath(err error) error {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err
	}
	if linkErr, ok := errors.AsType[*os.LinkError](err); ok {
		return linkErr.Err
	}
	return err
}
