package generator

import (
	"slices"

	"github.com/resgen/resgen/resilience/diag"
)

// A Severity says what a warning is to be: error, warning or ignore.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // the run fails
	SeverityWarning Severity = "warning" // it is told
	SeverityIgnore  Severity = "ignore"  // it is not told
)

// UnmarshalText reads one of the words.
func (s *Severity) UnmarshalText(text []byte) error {
	switch *s = Severity(text); *s {
	case SeverityError, SeverityWarning, SeverityIgnore:
		return nil
	}
	return severityError(text)
}

// A severityError is a word that is no severity.
type severityError string

func (e severityError) Error() string { return "want error, warning or ignore, got " + string(e) }

// weigh gives each warning the severity that the user chose. Errors stay errors: nothing could be generated with them.
func (c *Config) weigh(found diag.List) diag.List {
	out := slices.Clone(found)
	for i := range out {
		if out[i].Severity == diag.Warning && c.severity(out[i].Code) == SeverityError {
			out[i].Severity = diag.Error
		}
	}
	return slices.DeleteFunc(out, func(d diag.Diagnostic) bool {
		return d.Severity == diag.Warning && c.severity(d.Code) == SeverityIgnore
	})
}

// severity returns what a warning with the code is.
func (c *Config) severity(code string) Severity {
	if s, ok := c.Severity[code]; ok {
		return s
	}
	if c.Strict {
		return SeverityError
	}
	return SeverityWarning
}
