package revision

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every problem is an error that says what to do. None is taken for an empty revision.
func TestMergeBase_Errors(t *testing.T) {
	dir := newRepository(t)
	git(t, dir, "checkout -q --orphan alone", "commit -q -m alone", "checkout -q branch")
	shallow := filepath.Join(t.TempDir(), "shallow")
	git(t, dir, "clone -q --depth 1 --no-single-branch file://"+dir+" "+shallow)
	empty := t.TempDir()
	git(t, empty, "init -q")
	for _, tt := range []struct{ name, dir, rev, want string }{
		{"unknown", dir, "mian", "mian is not a revision of the repository; fetch it with 'git fetch', or correct " +
			"the name"},
		{"range", dir, "main..HEAD", "main..HEAD is not a revision of the repository; name one revision instead of a " +
			"range, for example main"},
		{"range without a start", dir, "..HEAD", "..HEAD is not a revision of the repository; name one revision " +
			"instead of a range, for example main"},
		{"unknown branch of origin", dir, "origin/main", "origin/main is not a revision of the repository; fetch it " +
			"with 'git fetch origin main', or correct the name"},
		{"like a flag", dir, "--all",
			"--all is not a revision of the repository; fetch it with 'git fetch', or correct the name"},
		{"a tree", dir, "HEAD:api",
			"HEAD:api is not a revision of the repository; fetch it with 'git fetch', or correct the name"},
		{"nothing in common", dir, "alone", "HEAD and alone have no commit in common; name a revision that HEAD was " +
			"made from, or compare with a folder that has the older files: --against DIR"},
		{"shallow", shallow, "origin/main", "" +
			"HEAD and origin/main have no commit in common in this clone; the clone " +
			"is shallow: set fetch-depth: 0 for actions/checkout, or run 'git fetch --unshallow'"},
		{"unknown in a shallow clone", shallow, "v1", "v1 is not a revision of the repository; the clone is shallow: " +
			"set fetch-depth: 0 for actions/checkout, or run 'git fetch --unshallow'"},
		{"no commit", empty, "HEAD", "the repository has no commit yet; commit the files first, or compare with a " +
			"folder that has the older files: --against DIR"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := MergeBase(t.Context(), tt.dir, tt.rev)
			var e *Error
			if !errors.As(err, &e) || e.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
	if !Exists(t.Context(), dir, "main") || Exists(t.Context(), dir, "mian") ||
		Exists(t.Context(), t.TempDir(), "main") {
		t.Error("Exists is wrong")
	}
}

func TestMergeBase_NoRepository(t *testing.T) {
	t.Setenv("GIT_CEILING_DIRECTORIES", os.TempDir())
	dir := t.TempDir()
	_, err := MergeBase(t.Context(), dir, "main")
	want := dir + " is not in a git repository; run resgen in a clone, or compare with a folder that has the older " +
		"files: --against DIR"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestMergeBase_NoGit(t *testing.T) {
	dir := newRepository(t)
	t.Setenv("PATH", t.TempDir())
	_, err := MergeBase(t.Context(), dir, "main")
	if err == nil || !strings.HasPrefix(err.Error(), "git is not installed; install git, or compare with a folder") {
		t.Errorf("got %v", err)
	}
}

// A repository that git refuses to read is not taken for none.
func TestMergeBase_BrokenRepository(t *testing.T) {
	dir := newRepository(t)
	put(t, dir, map[string]string{".git/config": "[core\n"})
	_, err := MergeBase(t.Context(), dir, "main")
	if err == nil || !strings.Contains(err.Error(), "git cannot read the repository: bad config line 1") {
		t.Errorf("got %v", err)
	}
}

// An object that a partial clone lacks is not fetched.
func TestMergeBase_PartialClone(t *testing.T) {
	dir := newRepository(t)
	tree, err := At(t.Context(), dir, "HEAD~")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	r, err := open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	id, err := r.git(t.Context(), "rev-parse", "HEAD~:a.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, ".git", "objects", id[:2], id[2:])); err != nil {
		t.Fatal(err)
	}
	_, err = At(t.Context(), dir, "HEAD~")
	want := "a.yaml of commit " + tree.Short() + " is not in this clone; fetch it: clone without --filter, or run " +
		"'git fetch --refetch'"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
