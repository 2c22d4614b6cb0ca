package explanation

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTable(t *testing.T) {
	got := table([][]string{
		{"A", "LONG", "C"},
		{"a\x1b", strings.Repeat("word ", 25) + "end", "é"},
		{"", "x", "cc"},
	})
	want := `A      LONG                                                                                       C
a\x1b  word word word word word word word word word word word word word word word word word word  é
       word word word word word word word end
       x                                                                                          cc
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for line := range strings.Lines(got) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 {
			t.Errorf("%d columns: %q", n, line)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		text string
		most int
		want []string
	}{
		{"", 4, []string{""}},
		{"abcd", 4, []string{"abcd"}},
		{"abcde", 4, []string{"abcd", "e"}},
		{"ab cd", 4, []string{"ab", "cd"}},
		{"abcd ef", 4, []string{"abcd", "ef"}},
		{"ab   cdef", 4, []string{"ab", "cdef"}},
		{"a/bcd", 4, []string{"a/", "bcd"}},
		{"a,b.c:d", 4, []string{"a,b.", "c:d"}},
		{"/abcdef", 4, []string{"/", "abcd", "ef"}},
		{"äöüß€", 4, []string{"äöüß", "€"}},
	} {
		if got := wrap(tt.text, tt.most); !slices.Equal(got, tt.want) {
			t.Errorf("wrap(%q, %d) = %q, want %q", tt.text, tt.most, got, tt.want)
		}
	}
}

func TestFit(t *testing.T) {
	for _, tt := range []struct {
		widths []int
		want   []int
	}{
		{[]int{5, 5}, []int{5, 5}},
		{[]int{30, 60, 6}, []int{30, 60, 6}},
		{[]int{30, 61, 6}, []int{30, 60, 6}},
		{[]int{60, 60}, []int{49, 49}},
		{slices.Repeat([]int{12}, 12), slices.Repeat([]int{10}, 12)},
	} {
		if got := fit(slices.Clone(tt.widths), 100); !slices.Equal(got, tt.want) {
			t.Errorf("fit(%v) = %v, want %v", tt.widths, got, tt.want)
		}
	}
}
