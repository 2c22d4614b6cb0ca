package resgen_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the pages in docs that are generated from code")

const faultMatrixHead = `# The fault matrix

How a call responds to each fault, by the idempotency class of its operation. Each cell is tested: a client with the
built-in policy, limited to three attempts, calls a server that fails as scripted. The tables are generated from
` + "`resilience/testdata/matrix.txt`" + `. After changing that file, run ` + "`go test . -run FaultMatrix -update`" + `.

A cell has four parts:

- the number of requests that reached the server,
- the result of the call: ok, or the kind of the error ([Kind](../resilience/call_kind.go)),
- MayHaveApplied of the error: *run* if the server may have done the work, *no* if it certainly has not,
- the outcomes that the circuit breaker counted: F for failures, S for successes, – for none.

The fault occurs at every attempt unless the row says "then ok". h1 is HTTP/1.1, h2 is HTTP/2 over TLS, tls is HTTP/1.1
over TLS. A fault cannot occur with the protocols that its row does not list.
`

const faultHeader = "| fault | protocols | safe | idempotent | keyed | unsafe |\n" +
	"|---|---|---|---|---|---|\n"

// faultMatrix renders the page for the rows of the matrix file.
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
				fmt.Fprintf(&page, "\n## %s\n\n%s", upperFirst(title), faultHeader)
				title = ""
			}
			page.WriteString(faultRow(fields))
		}
	}
	return page.String(), nil
}

// faultRow renders a row of a table.
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
		t.Error("docs/fault-matrix.md is stale; run go test . -run FaultMatrix -update")
	}
}

func TestFaultMatrix_Render(t *testing.T) {
	got, err := faultMatrix("# notes\n# more\n\n# no answer\n" +
		"reset | h1 h2 | 3 transport run 3F | 1 ok no - | 1 ok no 1S | 1 ok no 1S\n")
	want := faultMatrixHead + "\n## No answer\n\n| fault | protocols | safe | idempotent | keyed | unsafe |\n" +
		"|---|---|---|---|---|---|\n" +
		"| reset | h1 h2 | 3 transport run 3F | 1 ok no – | 1 ok no 1S | 1 ok no 1S |\n"
	if got != want || err != nil {
		t.Errorf("%s %v", got, err)
	}
	if _, err := faultMatrix("reset | h1\n"); err == nil {
		t.Error("a row with two fields gives no error")
	}
}
