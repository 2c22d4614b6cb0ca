package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/resilience/diag"
)

// A progress shows how far a run is: in one line that changes on a terminal, in one line per step
// elsewhere. It shows nothing if there is only one document.
type progress struct {
	out      io.Writer
	terminal bool
	width    int // of the line that is shown
}

func newProgress(out io.Writer) *progress {
	f, ok := out.(*os.File)
	if !ok {
		return &progress{out: out}
	}
	return &progress{out: out, terminal: isTerminal(f)}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// show prints one step of one document.
func (p *progress) show(s generator.Progress) {
	if s.Total < 2 {
		return
	}
	if p.terminal {
		line := fmt.Sprintf("%-7s %3d/%d %s", s.Step, s.Done, s.Total, diag.Printable(s.Name))
		fmt.Fprintf(p.out, "\r%s%s", line, strings.Repeat(" ", max(0, p.width-len(line))))
		p.width = len(line)
		return
	}
	if s.Done == s.Total {
		fmt.Fprintf(p.out, "%s: %d documents\n", s.Step, s.Total)
	}
}

// end clears the line on a terminal.
func (p *progress) end() {
	if p.width > 0 {
		fmt.Fprintf(p.out, "\r%s\r", strings.Repeat(" ", p.width))
		p.width = 0
	}
}
