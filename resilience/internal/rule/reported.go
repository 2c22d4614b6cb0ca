package rule

import (
	"cmp"
	"strconv"
)

// Reported returns the code and the message that the body of a failure reports, wherever APIs
// usually write them: in the body itself, in its member error, or in the first entry of its member
// errors or of a list. A code that only repeats the status gives way to one further inside.
func Reported(v any, status int) (code, message string) { return reportedAt(v, status, deepest) }

func reportedAt(v any, status, levels int) (code, message string) {
	if levels == 0 {
		return "", ""
	}
	switch v := v.(type) {
	case []any:
		if len(v) > 0 {
			return reportedAt(v[0], status, levels-1)
		}
	case map[string]any:
		lower := lowered(v)
		code, message = Error(v)
		if code == strconv.Itoa(status) {
			code = ""
		}
		for _, name := range []string{"error", "errors"} {
			innerCode, innerMessage := reportedAt(lower[name], status, levels-1)
			code, message = cmp.Or(code, innerCode), cmp.Or(message, innerMessage)
		}
		code = cmp.Or(code, Scalar(lower["error"])) // a word, as in OAuth
		message = cmp.Or(message, firstMember(lower, []string{"error_description", "title"}))
	}
	return code, message
}
