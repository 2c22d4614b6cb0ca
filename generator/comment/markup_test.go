package comment

import (
	"slices"
	"strings"
	"testing"
)

func TestPlain(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"emphasis", "a <b>b</b> <i class=\"x\">c</i> **d e**", []string{"a b c d e"}},
		{"entities", "a &lt;b&gt; &amp; c&nbsp;d", []string{"a <b> & c d"}},
		{"placeholders stay", "/x/<id>?a=<name>&b=1", []string{"/x/<id>?a=<name>&b=1"}},
		{"comment", "a<!-- b\n\nc -->d", []string{"ad"}},
		{"paragraphs", "<p>a</p><div>b</div>c", []string{"a", "", "b", "", "c"}},
		{"heading", "a<h2>Title</h2>b", []string{"a", "", "# Title", "", "b"}},
		{
			"list",
			"These:<ul><li>one</li><li><p>two</p></li></ul>after",
			[]string{"These:", "", "  - one", "  - two", "", "after"},
		},
		{"numbered list", "<ol><li>one<li>two</ol><ul><li>three</ul>", []string{" 1. one", " 2. two", "  - three"}},
		{"table", "<table><thead><tr><th>a</th><th>b</th></tr></thead>" +
			"<tr><td>1<br>\n2</td><td><code>c</code></td></tr></table>end",
			[]string{"\t| a | b |", "\t| 1 2 | `c` |", "", "end"}},
		{"code", "use <code>x &lt; y</code>", []string{"use `x < y`"}},
		{
			"preformatted",
			"a<pre><code>if x {\n  y &amp; z\n}</code></pre>b",
			[]string{"a", "", "\tif x {", "\t  y & z", "\t}", "", "b"},
		},
		{"link", `see <a href="https://x.y">the <b>guide</b></a>.`, []string{"see the guide (https://x.y)."}},
		{"link to itself", `<a href="https://x.y">https://x.y</a>`, []string{"https://x.y"}},
		{"link within the document", `<a href="#z">z</a>, [y](#y)`, []string{"z, y"}},
		{
			"link of Markdown",
			`see [the guide](https://x.y/a_(b) "title") or [](https://z)`,
			[]string{"see the guide (https://x.y/a_(b)) or https://z"},
		},
		{"image", `![alt](x.png)<img src="y.png" alt="other">`, []string{"altother"}},
		{"inline code", "write `<br>` and `**a**`", []string{"write `<br>` and `**a**`"}},
		{"fence", "<b>a</b>\n```\n<b>\n```\n<i>c</i>", []string{"a", "", "\t<b>", "", "c"}},
		{"control characters from entities", "a&#0;&#13;&#x202e;b", []string{"a� b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Lines(tt.text); !slices.Equal(got, tt.want) {
				t.Errorf(
					"Lines(%q)\ngot  %s\nwant %s",
					tt.text,
					strings.Join(got, "\n     "),
					strings.Join(tt.want, "\n     "),
				)
			}
		})
	}
}
