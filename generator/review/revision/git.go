package revision

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A repository runs git in a folder of a repository.
type repository struct {
	dir string // as the caller named it
	top string // the top folder of the working tree
}

// An Error says why a revision cannot be read.
type Error struct{ What, Cure string }

func (e *Error) Error() string { return e.What + "; " + e.Cure }

// useFolder is the second half of a cure: what works without git.
const useFolder = "or compare with a folder that has the older files: --against DIR"

// open returns the repository that a folder is in.
func open(ctx context.Context, dir string) (repository, error) {
	r := repository{dir: dir}
	top, err := r.git(ctx, "rev-parse", "--show-toplevel")
	if errors.Is(err, exec.ErrNotFound) {
		return r, &Error{"git is not installed", "install git, " + useFolder}
	}
	if err != nil {
		if text := err.Error(); !strings.Contains(text, "not a git repository") {
			return r, &Error{dir + ": git cannot read the repository: " + text, "repair it, " + useFolder}
		}
		return r, &Error{dir + " is not in a git repository", "run resgen in a clone, " + useFolder}
	}
	r.top = filepath.Clean(filepath.FromSlash(top))
	return r, nil
}

// command returns a git command in the folder. It writes nothing to the repository, reads nothing
// over the network, and its messages are in English.
func (r repository) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", r.dir}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0")
	return cmd
}

// git runs a git command and returns its output without the last line break.
func (r repository) git(ctx context.Context, args ...string) (string, error) {
	out, err := r.output(r.command(ctx, args...), nil)
	return strings.TrimRight(string(out), "\n"), err
}

// output runs a command. Its error has the first line that git printed.
func (r repository) output(cmd *exec.Cmd, in io.Reader) ([]byte, error) {
	var out, failure bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, &out, &failure
	if err := cmd.Run(); err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(failure.String()), "\n")
		if first = strings.TrimPrefix(first, "fatal: "); first != "" {
			return nil, fmt.Errorf("%s: %w", first, err)
		}
		return nil, err
	}
	return out.Bytes(), nil
}

// commit returns the id of the commit that a revision names.
func (r repository) commit(ctx context.Context, rev string) (string, error) {
	id, err := r.git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if err == nil && id != "" {
		return id, nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if rev == "HEAD" {
		return "", &Error{"the repository has no commit yet", "commit the files first, " + useFolder}
	}
	return "", &Error{rev + " is not a revision of the repository", r.fetchCure(ctx, rev)}
}

// fetchCure says how to get a revision that is not in the repository.
func (r repository) fetchCure(ctx context.Context, rev string) string {
	if one, _, ok := strings.Cut(rev, ".."); ok {
		return "name one revision instead of a range, for example " + cmp.Or(one, "main")
	}
	if r.isShallow(ctx) {
		return shallowCure
	}
	if branch, ok := strings.CutPrefix(rev, "origin/"); ok {
		return "fetch it with 'git fetch origin " + branch + "', or correct the name"
	}
	return "fetch it with 'git fetch', or correct the name"
}

// shallowCure says how to get the history that a shallow clone lacks.
const shallowCure = "the clone is shallow: set fetch-depth: 0 for actions/checkout, or run 'git fetch --unshallow'"

// isShallow reports whether the clone lacks a part of the history.
func (r repository) isShallow(ctx context.Context) bool {
	text, err := r.git(ctx, "rev-parse", "--is-shallow-repository")
	return err == nil && text == "true"
}

// mergeBase returns the commit that HEAD and a revision have in common.
func (r repository) mergeBase(ctx context.Context, rev string) (string, error) {
	other, err := r.commit(ctx, rev)
	if err != nil {
		return "", err
	}
	head, err := r.commit(ctx, "HEAD")
	if err != nil {
		return "", err
	}
	base, err := r.git(ctx, "merge-base", other, head)
	if err == nil && base != "" {
		return base, nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	what := "HEAD and " + rev + " have no commit in common"
	if r.isShallow(ctx) {
		return "", &Error{what + " in this clone", shallowCure}
	}
	return "", &Error{what, "name a revision that HEAD was made from, " + useFolder}
}
