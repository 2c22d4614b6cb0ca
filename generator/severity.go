package generator

import (
	"slices"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// A Severity says what a warning counts as.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // the run fails
	SeverityWarning Severity = "warning" // the warning is printed
	SeverityIgnore  Severity = "ignore"  // the warning is not printed
)

// Words returns the severities.
func (Severity) Words() []string { return words(SeverityError, SeverityWarning, SeverityIgnore) }

// UnmarshalText reads error, warning or ignore.
func (s *Severity) UnmarshalText(text []byte) error {
	if !slices.Contains(s.Words(), string(text)) {
		return severityError(text)
	}
	*s = Severity(text)
	return nil
}

// A severityError is a word that is not a severity.
type severityError string

func (e severityError) Error() string { return "want error, warning or ignore, got " + string(e) }

// Severities maps codes of warnings to severities. The zero value changes nothing.
type Severities map[string]Severity

// DecodeNode reads a mapping and reports codes that no warning has.
func (s *Severities) DecodeNode(n *tree.Node) diag.List {
	list := map[string]Severity{}
	found := tree.Decode(n, &list, tree.About("severity"))
	for _, p := range n.Entries() {
		if !slices.Contains(codes, p.Key) {
			found.Add(diag.Diagnostic{
				Pos: p.KeyPos, Code: "unknown-code", Subject: "severity",
				What: "no warning has the code " + p.Key, Cure: codeCure(p.Key),
			})
		}
	}
	*s = list
	return found
}

func codeCure(word string) string {
	if s := diag.Suggest(word, codes); s != "" {
		return "did you mean " + s + "?"
	}
	return "resgen lint prints the codes"
}

// of returns the severity of warnings with the code. Codes without an entry are errors if strict is
// set.
func (s Severities) of(code string, strict bool) Severity {
	if severity, ok := s[code]; ok {
		return severity
	}
	if strict {
		return SeverityError
	}
	return SeverityWarning
}

// applySeverity returns the findings with the severities that the user chose for warnings. Errors
// stay errors, because nothing can be generated in spite of them.
func applySeverity(found diag.List, s Severities, strict bool) diag.List {
	var out diag.List
	for _, d := range found {
		if d.Severity == diag.Warning {
			switch s.of(d.Code, strict) {
			case SeverityIgnore:
				continue
			case SeverityError:
				d.Severity = diag.Error
			}
		}
		out = append(out, d)
	}
	return out
}
