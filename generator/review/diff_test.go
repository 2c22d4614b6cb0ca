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
