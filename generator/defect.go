package generator

import "fmt"

// A DefectError says that resgen printed source that Go refuses: never the user's fault.
type DefectError struct {
	Document string
	Err      error
}

func (e *DefectError) Error() string {
	return fmt.Sprintf("%s: resgen has a defect: it cannot print what it planned; please report it with the document\n%s", e.Document, e.Err)
}

// Unwrap returns what was refused.
func (e *DefectError) Unwrap() error { return e.Err }

func inDocument(d *document, err error) error {
	if err == nil {
		return nil
	}
	return &DefectError{d.file, err}
}
