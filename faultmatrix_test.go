package resgen_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/fault-matrix.md anew")

const faultMatrixHead = `# The fault matrix

What a call makes of each fault, by the class of its operation. Every cell is a test: a client made with the built-in policy, but three attempts
at most, calls a server that fails on script. The table is written from ` + "`resilience/testdata/matrix.txt`" + `; after a change there run
` + "`go test -run FaultMatrix . -update`" + `.

A cell says, in this order:

- how many requests reached the server,
- how the call ended: ok, or the kind of the error ([Kind](../resilience/kind.go)),
- whether the error's MayHaveApplied is set: *run* if the server may have done the work, *no* if it certainly has not,
- what the circuit counted: F failures, S successes, – nothing.

The fault comes at every attempt unless the row says "then ok". h1 is HTTP/1.1, h2 HTTP/2 with TLS, tls HTTP/1.1 with TLS; a protocol that is not named has no such fault.
`

// faultMatrix renders the rows of the matrix as a page.
func faultMatrix(rows string) (string, error) {
	var page strings.Builder
	page.WriteString(faultMatrixHead)
	title := ""
	for line := range strings.Lines(rows) {
		line = strings.TrimSpace(line)
		switch fields := strings.Split(line, "|"); {
		case strings.HasPrefix(line, "#"):
			title = strings.TrimSpace(strings.TrimPrefix(line, "#"))
		case line == "":
		case len(fields) != 6:
			return "", fmt.Errorf("%q has %d fields, want 6", line, len(fields))
		default:
			if title != "" {
				fmt.Fprintf(&page, "\n## %s\n\n| fault | protocols | safe | idempotent | keyed | unsafe |\n|---|---|---|---|---|---|\n", upperFirst(title))
				title = ""
			}
			page.WriteString(faultRow(fields))
		}
	}
	return page.String(), nil
}

// faultRow renders a row.
func faultRow(fields []string) string {
	for i, f := range fields {
		fields[i] = strings.TrimSpace(f)
		if i > 1 && strings.HasSuffix(fields[i], "-") {
			fields[i] = strings.TrimSuffix(fields[i], "-") + "–"
		}
	}
	return "| " + strings.Join(fields, " | ") + " |\n"
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func TestFaultMatrix_PageIsCurrent(t *testing.T) {
	rows, err := os.ReadFile("resilience/testdata/matrix.txt")
	if err != nil {
		t.Fatal(err)
	}
	want, err := faultMatrix(string(rows))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("docs/fault-matrix.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("docs/fault-matrix.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/fault-matrix.md is not what resilience/testdata/matrix.txt says; run go test -run FaultMatrix . -update")
	}
}

func TestFaultMatrix_Render(t *testing.T) {
	got, err := faultMatrix("# notes\n# more\n\n# no answer\nreset | h1 h2 | 3 transport run 3F | 1 ok no - | 1 ok no 1S | 1 ok no 1S\n")
	want := faultMatrixHead + "\n## No answer\n\n| fault | protocols | safe | idempotent | keyed | unsafe |\n|---|---|---|---|---|---|\n" +
		"| reset | h1 h2 | 3 transport run 3F | 1 ok no – | 1 ok no 1S | 1 ok no 1S |\n"
	if got != want || err != nil {
		t.Errorf("%s %v", got, err)
	}
	if _, err := faultMatrix("reset | h1\n"); err == nil {
		t.Error("a row with two fields passes")
	}
}
