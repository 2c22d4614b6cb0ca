package redact

// This file finds secrets in texts. Its functions do what the regular expressions in their comments
// do, without package regexp, which would be a part of every program with a client.

import "strings"

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isWord(c byte) bool   { return isLetter(c) || isDigit(c) || c == '_' }
func isName(c byte) bool   { return isWord(c) || c == '-' }
func isScheme(c byte) bool { return isLetter(c) || isDigit(c) || strings.IndexByte("+.-", c) >= 0 }
func isToken(c byte) bool  { return isWord(c) || strings.IndexByte("+/=.~-", c) >= 0 }
func isSpace(c byte) bool  { return strings.IndexByte("\t\n\f\r ", c) >= 0 }
func isQuote(c byte) bool  { return c == '"' || c == '\'' }
func inURL(c byte) bool    { return !isSpace(c) && !isQuote(c) && c != '<' && c != '>' }
func inValue(c byte) bool  { return inURL(c) && strings.IndexByte("&,;", c) < 0 }

// past returns the index from i on of the first byte that is not of a kind.
func past(text string, i int, kind func(byte) bool) int {
	for i < len(text) && kind(text[i]) {
		i++
	}
	return i
}

// lower returns text with the capital letters of ASCII in lower case. Its length stays the same.
func lower(text string) string {
	b := []byte(text)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func containsAny(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// A rewriter copies a text with replacements.
type rewriter struct {
	text string
	done int // the index in text up to which it is copied
	out  strings.Builder
}

// replace puts a text in place of text[from:to].
func (r *rewriter) replace(from, to int, by string) {
	r.out.WriteString(r.text[r.done:from])
	r.out.WriteString(by)
	r.done = to
}

func (r *rewriter) result() string {
	if r.done == 0 {
		return r.text
	}
	return r.out.String() + r.text[r.done:]
}

// cleanURLs applies URL to [a-zA-Z][a-zA-Z0-9+.-]*://[^\s"'<>]+.
func cleanURLs(text string) string {
	r := rewriter{text: text}
	for i := 0; ; {
		colon := strings.Index(text[i:], "://")
		if colon < 0 {
			return r.result()
		}
		colon += i
		start := colon
		for start > r.done && isScheme(text[start-1]) {
			start--
		}
		for start < colon && !isLetter(text[start]) {
			start++
		}
		i = colon + len("://")
		if end := past(text, i, inURL); start < colon && i < end {
			r.replace(start, end, URL(text[start:end]))
			i = end
		}
	}
}

// cleanQueries replaces (/[^\s"'<>?]*)\?[^\s"'<>]+ by its group.
func cleanQueries(text string) string {
	r := rewriter{text: text}
	for i := 0; i < len(text); i++ {
		end := past(text, i, inURL)
		if slash := strings.IndexByte(text[i:end], '/'); slash >= 0 {
			query := strings.IndexByte(text[i+slash:end], '?')
			if from := i + slash + query; query >= 0 && from+1 < end {
				r.replace(from, end, "")
			}
		}
		i = end
	}
	return r.result()
}

// cleanHeaders replaces the part after the groups of (?i)\b((?:proxy-)?authorization|set-cookie|
// cookie|x-[a-z-]*(?:token|key|secret)[a-z-]*)(["']?\s*[:=]\s*).*
func cleanHeaders(text string) string {
	r, names := rewriter{text: text}, lower(text)
	for i := 0; i < len(text); i++ {
		if i > 0 && isWord(text[i-1]) {
			continue
		}
		name := headerName(names[i:])
		if name == 0 {
			continue
		}
		end := separated(text, i+name)
		if end < 0 {
			continue
		}
		i = past(text, end, func(c byte) bool { return c != '\n' })
		r.replace(end, i, replacement)
	}
	return r.result()
}

// headerName returns the length of the name of a secret header at the beginning of a text, or 0.
func headerName(text string) int {
	for _, name := range [...]string{"proxy-authorization", "authorization", "set-cookie", "cookie"} {
		if strings.HasPrefix(text, name) {
			return len(name)
		}
	}
	if !strings.HasPrefix(text, "x-") {
		return 0
	}
	end := past(text, len("x-"), func(c byte) bool { return isLetter(c) || c == '-' })
	if !containsAny(text[len("x-"):end], "token", "key", "secret") {
		return 0
	}
	return end
}

// separated returns the end of ["']?\s*[:=]\s* at an index, or -1.
func separated(text string, i int) int {
	if i < len(text) && isQuote(text[i]) {
		i++
	}
	i = past(text, i, isSpace)
	if i == len(text) || text[i] != ':' && text[i] != '=' {
		return -1
	}
	return past(text, i+1, isSpace)
}

// cleanNamed replaces the part after the groups of (?i)([a-z0-9_-]*(?:token|secret|password|passwd|
// api_?key|signature|credential|bearer)[a-z0-9_-]*)(["']?\s*[:=]\s*["']?|\s+)[^\s"'<>&,;]+
func cleanNamed(text string) string {
	r, names := rewriter{text: text}, lower(text)
	for i := 0; i < len(text); i++ {
		end := past(text, i, isName)
		if containsAny(names[i:end], "token", "secret", "password", "passwd", "apikey", "api_key", "signature",
			"credential", "bearer") {
			if from, to := valueAt(text, end); from < to {
				r.replace(from, to, replacement)
				end = to
			}
		}
		i = end
	}
	return r.result()
}

// valueAt returns where the value after a name is, or two equal indexes if there is none.
func valueAt(text string, name int) (from, to int) {
	if from = separated(text, name); from >= 0 {
		if from < len(text) && isQuote(text[from]) {
			from++
		}
		if to = past(text, from, inValue); from < to {
			return from, to
		}
	}
	if from = past(text, name, isSpace); from == name {
		return name, name
	}
	return from, past(text, from, inValue)
}

// cleanLong replaces [A-Za-z0-9+/_=.~-]{24,}.
func cleanLong(text string) string {
	r := rewriter{text: text}
	for i := 0; i < len(text); i++ {
		end := past(text, i, isToken)
		if end-i >= longToken {
			r.replace(i, end, replacement)
		}
		i = end
	}
	return r.result()
}

// withoutMarkup replaces tags by spaces: first (?is)<(script|style)\b.*?(</(script|style)>|$), then
// (?s)<[^>]*(>|$).
func withoutMarkup(text string) string {
	r, names := rewriter{text: text}, lower(text)
	for i := 0; i < len(text); i++ {
		if end := hiddenElement(names[i:]); end > 0 {
			r.replace(i, i+end, " ")
			i += end - 1
		}
	}
	text = r.result()
	r = rewriter{text: text}
	for i := strings.IndexByte(text, '<'); i >= 0; {
		end := i + strings.IndexByte(text[i:], '>') + 1
		if end == i {
			end = len(text)
		}
		r.replace(i, end, " ")
		next := strings.IndexByte(text[end:], '<')
		if next < 0 {
			break
		}
		i = end + next
	}
	return r.result()
}

// hiddenElement returns the length of an element at the beginning of a text that browsers do not
// show, or 0.
func hiddenElement(text string) int {
	for _, start := range [...]string{"<script", "<style"} {
		if !strings.HasPrefix(text, start) || len(text) > len(start) && isWord(text[len(start)]) {
			continue
		}
		end := len(text)
		for _, stop := range [...]string{"</script>", "</style>"} {
			if at := strings.Index(text[len(start):], stop); at >= 0 {
				end = min(end, len(start)+at+len(stop))
			}
		}
		return end
	}
	return 0
}
