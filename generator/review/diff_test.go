package review

import "testing"

func TestDiff(t *testing.T) {
	const old, fresh = "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"
	tests := []struct {
		name          string
		before, after []byte
		want          string
	}{
		{"the same", []byte(old), []byte(old), ""},
		{
			"changed", []byte(old), []byte(fresh),
			"--- a/x/y.go\n+++ b/x/y.go\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n",
		},
		{"missing", nil, []byte("a\n"), "--- /dev/null\n+++ b/x/y.go\n@@ -0,0 +1 @@\n+a\n"},
		{"foreign", []byte("a\n"), nil, "--- a/x/y.go\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"},
		{
			"without a newline at its end", []byte("a"), []byte("a\n"),
			"--- a/x/y.go\n+++ b/x/y.go\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Diff("x/y.go", tt.before, tt.after); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestKindOf(t *testing.T) {
	some := []byte{}
	for _, tt := range []struct {
		before, after []byte
		want          Kind
	}{
		{nil, some, Missing}, {some, nil, Unused}, {some, some, Stale},
		{[]byte("a\r\nb\r\n"), []byte("a\nb\n"), LineEndings},
		{[]byte("a\nb\r\n"), []byte("a\nb\n"), LineEndings},
		{[]byte("a\r\nc\r\n"), []byte("a\nb\n"), Stale},
		{[]byte("a\rb\n"), []byte("a\nb\n"), Stale},
	} {
		if got := KindOf(tt.before, tt.after); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestReport(t *testing.T) {
	want := "x/y.go: only line endings differ; add \"*.gen.go text eol=lf\" to .gitattributes\n"
	if got := Report("x/y.go", []byte("a\r\n"), []byte("a\n")); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	want = "x/RESILIENCE.md: only line endings differ; add \"RESILIENCE.md text eol=lf\" to .gitattributes\n"
	if got := Report("x/RESILIENCE.md", []byte("a\r\n"), []byte("a\n")); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	before, after := []byte("b\r\n"), []byte("a\n")
	if got, want := Report("x/y.go", before, after), Diff("x/y.go", before, after); got != want {
		t.Errorf("got %q, want the diff %q", got, want)
	}
}

func TestSummary(t *testing.T) {
	for want, kinds := range map[string][]Kind{
		"":                             nil,
		"1 stale":                      {Stale},
		"2 with other line endings":    {LineEndings, LineEndings},
		"2 missing":                    {Missing, Missing},
		"1 stale, 1 missing, 2 unused": {Unused, Missing, Unused, Stale},
	} {
		if got := Summary(kinds); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
