package layout

import (
	"go/token"
	"strconv"
	"strings"
)

// layOut returns the lines for a line of the source: several for a wide one that can be broken.
func (l *line) layOut() []string {
	if l.continued || width(l.text) <= Width {
		return []string{l.text}
	}
	if len(l.tokens) == 0 || l.tokens[0].kind == token.COMMENT || l.opensRaw() {
		return []string{l.text}
	}
	indent := len(l.text) - len(strings.TrimLeft(l.text, "\t"))
	switch l.context {
	case structure:
		return layField(indent, l.tokens)
	case constants:
		return layConstant(indent, l.tokens)
	}
	return lay(indent, l.tokens)
}

// opensRaw reports whether a token begins on the line and ends on a later one.
func (l *line) opensRaw() bool {
	return strings.Contains(l.tokens[len(l.tokens)-1].text, "\n")
}

// lay prints tokens as lines that are indented by at least indent tabs, none wider than the width
// if that can be.
func lay(indent int, tokens []lexeme) []string {
	whole := strings.Repeat("\t", indent) + join(tokens)
	if width(whole) <= Width || tokens[0].kind == token.COMMENT {
		return []string{whole}
	}
	if last := tokens[len(tokens)-1]; last.kind == token.COMMENT {
		return append(lay(indent, []lexeme{last}), lay(indent, tokens[:len(tokens)-1])...)
	}
	if b, ok := widest(tokens); ok {
		return layBracket(indent, tokens, b)
	}
	if at := assignment(tokens); at > 0 && at+1 < len(tokens) && tokens[0].kind != token.VAR {
		return append(lay(indent, tokens[:at+1]), lay(indent+1, tokens[at+1:])...)
	}
	return laySentence(indent, tokens)
}

// layField breaks the type arguments or the function type of a field. Its tag has to stay one
// literal.
func layField(indent int, tokens []lexeme) []string {
	if b, ok := widest(tokens); ok {
		return layBracket(indent, tokens, b)
	}
	return []string{strings.Repeat("\t", indent) + join(tokens)}
}

// layConstant moves the text of a string constant to the next line, behind an empty string: Go
// allows a line break after an operator, but not between the name and the type of a constant.
func layConstant(indent int, tokens []lexeme) []string {
	at := assignment(tokens)
	whole := []string{strings.Repeat("\t", indent) + join(tokens)}
	if at == 0 || at+2 != len(tokens) || tokens[at+1].kind != token.STRING {
		return whole
	}
	head := strings.Repeat("\t", indent) + join(tokens[:at+1]) + ` "" +`
	if width(head) > Width {
		return whole
	}
	return []string{head, strings.Repeat("\t", indent+1) + tokens[at+1].text}
}

// layBracket breaks a line after the opening and before the closing bracket of b.
func layBracket(indent int, tokens []lexeme, b bracket) []string {
	lines := lay(indent, tokens[:b.open+1])
	content := tokens[b.open+1 : b.end]
	if last := content[len(content)-1]; last.kind == token.COMMA {
		content = content[:len(content)-1]
	}
	elements := split(content)
	if tokens[b.open].kind != token.LBRACE {
		elements = fill(elements, Width-(indent+1)*tabWidth)
	}
	for _, e := range elements {
		lines = append(lines, lay(indent+1, append(append([]lexeme{}, e...), comma))...)
	}
	return append(lines, lay(indent, tokens[b.end:])...)
}

var comma = lexeme{kind: token.COMMA, text: ","}

// fill joins elements as long as they fit on a line of limit columns, each with a comma behind it.
func fill(elements [][]lexeme, limit int) [][]lexeme {
	var list [][]lexeme
	for _, e := range elements {
		if len(list) > 0 {
			last := &list[len(list)-1]
			next := append(append(append([]lexeme{}, *last...), comma), e...)
			if width(join(next))+1 <= limit {
				*last = next
				continue
			}
		}
		list = append(list, e)
	}
	return list
}

// A bracket is a pair of brackets by the indexes of its tokens.
type bracket struct {
	open, end int
	width     int
}

// widest returns the outermost pair of brackets with the most text between them. Type arguments
// count and receivers count only if there is nothing else.
func widest(tokens []lexeme) (best bracket, ok bool) {
	var typeArgs, receiver bracket
	depth := 0
	var open int
	for i, t := range tokens {
		switch n := nesting(t.kind); {
		case n > 0:
			if depth == 0 {
				open = i
			}
			depth++
		case n < 0 && depth > 0:
			depth--
			if depth > 0 || i == open+1 || !breakable(tokens, open) {
				continue
			}
			b := bracket{open, i, width(join(tokens[open+1 : i]))}
			switch {
			case t.kind == token.RBRACK:
				typeArgs = wider(typeArgs, b)
			case open > 0 && tokens[open-1].kind == token.FUNC:
				receiver = b
			default:
				best = wider(best, b)
			}
		}
	}
	for _, other := range []bracket{typeArgs, receiver} {
		if best.end == 0 {
			best = other
		}
	}
	return best, best.end > 0
}

func wider(a, b bracket) bracket {
	if a.end > 0 && a.width >= b.width {
		return a
	}
	return b
}

// breakable reports whether Go allows a comma and a line break before the end of a bracket: in
// arguments, parameters, results, composite literals and type arguments.
func breakable(tokens []lexeme, open int) bool {
	var before token.Token
	if open > 0 {
		before = tokens[open-1].kind
	}
	switch tokens[open].kind {
	case token.LBRACE:
		return before != token.STRUCT && before != token.INTERFACE
	case token.LPAREN:
		return before == token.IDENT || before == token.RPAREN || before == token.RBRACK || before == token.FUNC
	}
	return before == token.IDENT
}

func nesting(kind token.Token) int {
	switch kind {
	case token.LPAREN, token.LBRACK, token.LBRACE:
		return 1
	case token.RPAREN, token.RBRACK, token.RBRACE:
		return -1
	}
	return 0
}

// split cuts tokens at the commas outside of brackets.
func split(tokens []lexeme) [][]lexeme {
	var list [][]lexeme
	from, depth := 0, 0
	for i, t := range tokens {
		depth += nesting(t.kind)
		if t.kind == token.COMMA && depth == 0 {
			list = append(list, tokens[from:i])
			from = i + 1
		}
	}
	return append(list, tokens[from:])
}

// assignment returns the index of the token that assigns in a statement; 0 if there is none.
func assignment(tokens []lexeme) int {
	depth := 0
	for i, t := range tokens {
		depth += nesting(t.kind)
		if depth == 0 && (t.kind == token.ASSIGN || t.kind == token.DEFINE) {
			return i
		}
	}
	return 0
}

// laySentence breaks the last string literal of a line between words.
func laySentence(indent int, tokens []lexeme) []string {
	whole := []string{strings.Repeat("\t", indent) + join(tokens)}
	at := len(tokens) - 1
	if tokens[at].kind == token.COMMA {
		at--
	}
	if at < 0 || tokens[at].kind != token.STRING || tokens[at].text[0] != '"' {
		return whole
	}
	value, err := strconv.Unquote(tokens[at].text)
	if err != nil {
		return whole
	}
	head := strings.Repeat("\t", indent) + join(tokens[:at])
	if at > 0 && tokens[at].gap {
		head += " "
	}
	var lines []string
	for {
		n := cut(value, Width-width(head)-len(`"" +`))
		if n == len(value) {
			return append(lines, head+strconv.Quote(value)+join(tokens[at+1:]))
		}
		lines = append(lines, head+strconv.Quote(value[:n])+" +")
		head, value = strings.Repeat("\t", indent+1), value[n:]
	}
}

// cut returns the length of the longest part of text, up to and with a space, whose literal has at
// most limit columns; that of the first word if even this has more.
func cut(text string, limit int) int {
	if width(strconv.Quote(text))-2 <= limit {
		return len(text)
	}
	best := 0
	for i := range len(text) - 1 {
		if text[i] != ' ' {
			continue
		}
		if best > 0 && width(strconv.Quote(text[:i+1]))-2 > limit {
			return best
		}
		best = i + 1
	}
	if best == 0 {
		return len(text)
	}
	return best
}

// join prints tokens on one line, with a space where there was white space.
func join(tokens []lexeme) string {
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 && t.gap {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
	}
	return b.String()
}
