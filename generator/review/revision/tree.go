package revision

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Tree is the content of a commit in a temporary folder.
type Tree struct {
	Dir        string   // what the folder was at the commit: a folder below Root
	Root       string   // the top folder of the repository at the commit
	Commit     string   // id of the commit
	Submodules []string // folders of submodules, relative to Root, with slashes; they are empty
}

// MergeBase returns the files of the commit that HEAD and a revision have in common: what a pull
// request to that revision started from. See [At].
func MergeBase(ctx context.Context, dir, rev string) (*Tree, error) {
	return read(ctx, dir, rev, repository.mergeBase)
}

// At returns the files of a revision. dir is a folder of the repository. Source files of programs
// are left out, except for *.gen.go, and so are media files, archives, and symbolic links that lead
// out of the commit. The caller must close the tree. Mistakes of the user are returned as an
// [Error].
func At(ctx context.Context, dir, rev string) (*Tree, error) {
	return read(ctx, dir, rev, repository.commit)
}

// Exists reports whether a revision is known in the repository that dir is in.
func Exists(ctx context.Context, dir, rev string) bool {
	r, err := open(ctx, dir)
	if err != nil {
		return false
	}
	_, err = r.commit(ctx, rev)
	return err == nil
}

// Close removes the temporary folder.
func (t *Tree) Close() error { return os.RemoveAll(t.Root) }

// Short returns the first digits of the id of the commit.
func (t *Tree) Short() string { return t.Commit[:min(len(t.Commit), 10)] }

// InSubmodule returns the submodule that a file relative to Root is in, or "".
func (t *Tree) InSubmodule(file string) string {
	for _, s := range t.Submodules {
		if file == s || strings.HasPrefix(file, s+"/") {
			return s
		}
	}
	return ""
}

// read writes the files of the commit that find returns for rev.
func read(
	ctx context.Context, dir, rev string, find func(repository, context.Context, string) (string, error),
) (*Tree, error) {
	r, err := open(ctx, dir)
	if err != nil {
		return nil, err
	}
	below, err := r.below()
	if err != nil {
		return nil, err
	}
	commit, err := find(r, ctx, rev)
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "resgen-")
	if err != nil {
		return nil, err
	}
	root, err := filepath.EvalSymlinks(temp)
	if err != nil {
		return nil, errors.Join(err, os.Remove(temp))
	}
	t := &Tree{Dir: filepath.Join(root, below), Root: root, Commit: commit}
	if err := t.fill(ctx, r); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// below returns the folder relative to the top of the repository.
func (r repository) below() (string, error) {
	dir, err := filepath.Abs(r.dir)
	if err != nil {
		return "", err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return "", err
	}
	top, err := filepath.EvalSymlinks(r.top)
	if err != nil {
		return "", err
	}
	return filepath.Rel(top, dir)
}

// An entry is a file of a commit.
type entry struct{ mode, id, path string }

// The modes of entries that are not files.
const (
	modeLink      = "120000"
	modeSubmodule = "160000"
)

// fill writes the files of the commit.
func (t *Tree) fill(ctx context.Context, r repository) error {
	list, err := r.git(ctx, "ls-tree", "-r", "-z", "--full-tree", t.Commit)
	if err != nil {
		return fmt.Errorf("git: %w", err)
	}
	var files []entry
	for e := range entries(list) {
		switch {
		case !filepath.IsLocal(filepath.FromSlash(e.path)):
			return &Error{"commit " + t.Short() + " has a file with the name " + strconv.Quote(e.path), useFolder}
		case e.mode == modeSubmodule:
			t.Submodules = append(t.Submodules, e.path)
		case isRelevant(e.path):
			files = append(files, e)
		}
	}
	if err := os.MkdirAll(t.Dir, 0o755); err != nil {
		return err
	}
	return t.copy(ctx, r, files)
}

// entries returns the entries that "git ls-tree -z" lists: "mode type id\tpath\x00".
func entries(list string) func(func(entry) bool) {
	return func(yield func(entry) bool) {
		for line := range strings.SplitSeq(list, "\x00") {
			head, name, _ := strings.Cut(line, "\t")
			if words := strings.Fields(head); len(words) == 3 && !yield(entry{words[0], words[2], name}) {
				return
			}
		}
	}
}

// irrelevant are the extensions of files that nothing in resgen reads.
var irrelevant = []string{
	".7z", ".avi", ".bin", ".bz2", ".c", ".cc", ".class", ".cpp", ".cs", ".css", ".dll", ".doc", ".docx",
	".exe", ".gif", ".go", ".gz", ".h", ".html", ".ico", ".jar", ".java", ".jpeg", ".jpg", ".js", ".jsx",
	".kt", ".lock", ".map", ".mov", ".mp3", ".mp4", ".pdf", ".php", ".png", ".ppt", ".pptx", ".proto", ".py",
	".rb", ".rs", ".sh", ".so", ".sql", ".sum", ".svg", ".swift", ".tar", ".tgz", ".ts", ".tsx", ".ttf",
	".wasm", ".wav", ".webp", ".woff", ".woff2", ".xls", ".xlsx", ".xz", ".zip", ".zst",
}

// isRelevant reports whether a file may be a configuration, a document, a policy, a part of them,
// or a generated file.
func isRelevant(name string) bool {
	return strings.HasSuffix(name, ".gen.go") || !slices.Contains(irrelevant, strings.ToLower(path.Ext(name)))
}

// copy writes files to the temporary folder. It reads all of them through one git process.
func (t *Tree) copy(ctx context.Context, r repository, files []entry) error {
	root, err := os.OpenRoot(t.Root)
	if err != nil {
		return err
	}
	defer root.Close()
	var ids bytes.Buffer
	for _, e := range files {
		ids.WriteString(e.id + "\n")
	}
	cmd := r.command(ctx, "cat-file", "--batch")
	cmd.Stdin = &ids
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	contents := bufio.NewReaderSize(out, 1<<16)
	for _, e := range files {
		if err := t.write(root, e, contents); err != nil {
			return errors.Join(err, stop(cmd))
		}
	}
	if err := cmd.Wait(); err != nil {
		return err
	}
	return removeOutside(root, files)
}

// stop ends a command whose output is of no more use.
func stop(cmd *exec.Cmd) error {
	err := cmd.Process.Kill()
	_ = cmd.Wait() // reports that the process was killed
	return err
}

// write writes the next object of "git cat-file --batch": "id type size\n", the content, "\n".
func (t *Tree) write(root *os.Root, e entry, contents *bufio.Reader) error {
	head, err := contents.ReadString('\n')
	if err != nil {
		return fmt.Errorf("git: reading %s: %w", e.path, err)
	}
	words := strings.Fields(head)
	if len(words) != 3 {
		return &Error{
			e.path + " of commit " + t.Short() + " is not in this clone",
			"fetch it: clone without --filter, or run 'git fetch --refetch'",
		}
	}
	size, err := strconv.Atoi(words[2])
	if err != nil {
		return fmt.Errorf("git: reading %s: %w", e.path, err)
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(contents, data); err != nil {
		return fmt.Errorf("git: reading %s: %w", e.path, err)
	}
	if _, err := contents.Discard(1); err != nil {
		return fmt.Errorf("git: reading %s: %w", e.path, err)
	}
	return e.write(root, data)
}

// write writes one file.
func (e entry) write(root *os.Root, data []byte) error {
	name := filepath.FromSlash(e.path)
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	if e.mode != modeLink {
		return root.WriteFile(name, data, 0o644)
	}
	if err := root.Symlink(filepath.FromSlash(string(data)), name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// removeOutside removes the symbolic links that lead out of the commit, which is known when all
// links are there. Others may lead to files that were not written.
func removeOutside(root *os.Root, files []entry) error {
	for _, e := range files {
		if e.mode != modeLink {
			continue
		}
		name := filepath.FromSlash(e.path)
		if _, err := root.Stat(name); err == nil || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := root.Remove(name); err != nil {
			return err
		}
	}
	return nil
}
