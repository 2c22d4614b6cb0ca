package report

import (
	"fmt"
	"io"
	"path"
	"strings"
)

// commands are the workflow commands of the levels.
var commands = map[level]string{levelError: "error", levelWarning: "warning", levelNote: "notice"}

// GitHub prints the messages as workflow commands, which GitHub shows at the lines that they are
// about. prefix is the folder of resgen.yaml, relative to the root of the repository. w must not
// escape what is written, so the messages are escaped here.
func GitHub(w io.Writer, r Report, prefix string) {
	for _, m := range r.messages() {
		var at []string
		if m.pos.File != "" {
			at = append(at, "file="+propertyEscaper.Replace(path.Join(prefix, m.pos.File)))
		}
		if m.pos.Line > 0 {
			at = append(at, fmt.Sprintf("line=%d", m.pos.Line))
		}
		if m.pos.Line > 0 && m.pos.Column > 0 {
			at = append(at, fmt.Sprintf("col=%d", m.pos.Column))
		}
		at = append(at, "title="+propertyEscaper.Replace("resgen: "+m.rule))
		fmt.Fprintf(w, "::%s %s::%s\n", commands[m.level], strings.Join(at, ","), messageEscaper.Replace(m.text))
	}
}

// messageEscaper and propertyEscaper escape what would end a message or a property of a command.
var (
	messageEscaper  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscaper = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
