package resgen_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

var (
	storyRow  = regexp.MustCompile("(?m)^\\| [^|]+ \\| `(TestStory_\\w+)` \\|$")
	storyTest = regexp.MustCompile(`(?m)^// Acceptance: (?:.*\n//)*.*\nfunc (TestStory_\w+)\(t \*testing\.T\)`)
	storyName = regexp.MustCompile(`(?m)^func (TestStory_\w+)\(`)
)

// docs/stories.md lists every acceptance test once, and each of these tests names its criterion.
func TestStories_HaveTests(t *testing.T) {
	page, err := os.ReadFile("docs/stories.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := matches(storyRow, string(page))
	if len(listed) < 25 {
		t.Errorf("docs/stories.md lists %d tests", len(listed))
	}
	var tests, named []string
	for _, pattern := range []string{"examples/*/*_test.go", "browser/*/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			tests = append(tests, matches(storyName, string(source))...)
			named = append(named, matches(storyTest, string(source))...)
		}
	}
	for _, list := range [][]string{listed, tests, named} {
		slices.Sort(list)
	}
	if !slices.Equal(listed, tests) {
		t.Errorf("docs/stories.md lists\n%q\nthe tests are\n%q", listed, tests)
	}
	if !slices.Equal(named, tests) {
		t.Errorf("tests whose comment begins with Acceptance:\n%q\nall are\n%q", named, tests)
	}
}
