package docpages

import (
	"regexp"
	"strings"
)

// Match reports whether output is what a page shows. Spaces at the ends of lines and empty lines at
// both ends do not count.
func Match(shown, output string) bool {
	return match(lines(shown), lines(output))
}

func match(shown, output []string) bool {
	if len(shown) == 0 {
		return len(output) == 0
	}
	if shown[0] == "…" {
		for i := range len(output) + 1 {
			if match(shown[1:], output[i:]) {
				return true
			}
		}
		return false
	}
	return len(output) > 0 && matchLine(shown[0], output[0]) && match(shown[1:], output[1:])
}

// matchLine reports whether a line is as shown, where … matches any text.
func matchLine(shown, line string) bool {
	parts := strings.Split(shown, "…")
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	return regexp.MustCompile(`^` + strings.Join(parts, ".*") + `$`).MatchString(line)
}

func lines(text string) []string {
	text = strings.Trim(text, "\n")
	if text == "" {
		return nil
	}
	list := strings.Split(text, "\n")
	for i, line := range list {
		list[i] = strings.TrimRight(line, " \t\r")
	}
	return list
}
