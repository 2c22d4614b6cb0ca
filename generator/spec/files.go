package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/spec/overlay"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// A place is the folder that the files of a document must be in.
type place struct {
	dir    string // the folder on disk that references may not leave
	prefix string // what names of files in dir start with
}

// locate returns the place of the document o.File, and its name in positions.
func locate(o Options) (place, string) {
	dir := o.Dir
	if dir == "" {
		dir = "."
	}
	name := filepath.Clean(o.File)
	if filepath.IsAbs(name) {
		if abs, err := filepath.Abs(dir); err == nil {
			if rel, err := filepath.Rel(abs, name); err == nil && filepath.IsLocal(rel) {
				name = rel
			}
		}
	}
	slashed := filepath.ToSlash(name)
	if filepath.IsLocal(name) {
		return place{dir: dir}, slashed
	}
	on := name
	if !filepath.IsAbs(on) {
		on = filepath.Join(dir, on)
	}
	return place{dir: filepath.Dir(on), prefix: path.Dir(slashed) + "/"}, slashed
}

// rel returns the path of a named file within the place, and whether it is in the place.
func (p place) rel(name string) (string, bool) {
	within, ok := strings.CutPrefix(name, p.prefix)
	return within, ok && filepath.IsLocal(filepath.FromSlash(within))
}

// main reads the document itself. It may be a symbolic link to any file, because the user named it.
func (l *loader) main() (*tree.Node, bool) {
	data := l.opts.Data
	if data == nil {
		rel, _ := l.place.rel(l.name)
		var err error
		if data, err = ReadFile(filepath.Join(l.place.dir, filepath.FromSlash(rel))); err != nil {
			l.found.Add(diag.Diagnostic{
				Pos: diag.Position{File: l.name}, Code: "unreadable", What: reason(err),
				Cure: "name an OpenAPI document",
			})
			return nil, false
		}
	}
	n := l.parse(l.name, data)
	return n, n != nil
}

// applyOverlays applies the overlays to the main file, in their order.
func (l *loader) applyOverlays() {
	if len(l.opts.Overlays) == 0 {
		return
	}
	l.root = overlay.Clone(l.root)
	l.files[l.name] = l.root
	for _, name := range l.opts.Overlays {
		name = filepath.ToSlash(name)
		l.overlays[name] = true
		data, err := ReadFile(filepath.Join(l.opts.Dir, filepath.FromSlash(name)))
		if err != nil {
			l.fail(diag.Position{File: name}, "unreadable", "", reason(err), "name an OpenAPI Overlay")
			continue
		}
		l.found = append(l.found, overlay.Apply(l.ctx, l.root, name, data)...)
	}
}

// parse parses a file and keeps its tree. A duplicate key is a warning, because the rest of the
// document can be read.
func (l *loader) parse(name string, data []byte) *tree.Node {
	n, found := tree.Parse(name, data)
	for _, d := range found {
		if d.Code == "duplicate-key" {
			l.warn(d.Pos, "duplicate-key", d.Subject, d.What, d.Cure)
		} else {
			l.found = append(l.found, d)
		}
	}
	l.files[name] = n
	return n
}

// An unreadable is a file that references name and that cannot be read.
type unreadable struct {
	what, cure string
	reported   bool
}

// file returns the tree of the file that the reference at pos names, and reads it if needed. It
// returns nil if the file cannot be read, which is reported once per file.
func (l *loader) file(name string, pos diag.Position) *tree.Node {
	if n, ok := l.files[name]; ok {
		return n
	}
	bad := l.unreadable[name]
	if bad == nil {
		read := l.readLocal
		if isURL(name) {
			read = l.fetch
		}
		data, what, cure := read(name)
		if what == "" {
			return l.parse(name, data)
		}
		bad = &unreadable{what: what, cure: cure}
		l.unreadable[name] = bad
	}
	if !bad.reported && !l.tentative {
		bad.reported = true
		severity := diag.Error
		if l.opts.Tolerant {
			severity = diag.Warning
		}
		l.found.Add(diag.Diagnostic{
			Pos: pos, Severity: severity, Code: "unreadable-reference", Subject: "reference " + strconv.Quote(name),
			What: bad.what, Cure: cureUnreadable(bad.cure, severity),
		})
	}
	return nil
}

// cureUnreadable returns what to do about a file that cannot be read.
func cureUnreadable(cure string, severity diag.Severity) string {
	if severity == diag.Warning {
		return "using any; " + cure
	}
	return cure + ", or use any with severity: {unreadable-reference: warning}"
}

// readLocal reads a file within the place. It opens the folder as an [os.Root], so that symbolic
// links to other places are errors.
func (l *loader) readLocal(name string) (data []byte, what, cure string) {
	const outside = "leads out of the folder that references must stay in"
	cure = fmt.Sprintf("move the file into %s, or bundle the document", strconv.Quote(filepath.ToSlash(l.place.dir)))
	rel, ok := l.place.rel(name)
	if !ok {
		return nil, outside, cure
	}
	root, err := os.OpenRoot(l.place.dir)
	if err != nil {
		return nil, reason(err), "correct the reference"
	}
	defer root.Close()
	data, err = readRegular(filepath.FromSlash(rel), root.Stat, root.ReadFile)
	switch {
	case err == nil:
		return data, "", ""
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return nil, reason(err), "correct the reference"
	case strings.Contains(err.Error(), "escapes"):
		return nil, outside, cure
	}
	return nil, reason(err), "correct the reference"
}

// fetch reads a URL that the user listed.
func (l *loader) fetch(url string) (data []byte, what, cure string) {
	if l.opts.Fetch == nil || !slices.Contains(l.opts.Remote, url) {
		return nil, "is remote, and the network is used for no document that was not named", "bundle the " +
			"document, or allow this URL by name"
	}
	data, err := l.opts.Fetch(l.ctx, url)
	if err != nil {
		return nil, "cannot be fetched: " + err.Error(), "try again, or bundle the document"
	}
	return data, "", ""
}

// reason returns the cause of an error about a file, without its path.
func reason(err error) string {
	var p *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file"
	case errors.As(err, &p):
		return p.Err.Error()
	}
	return err.Error()
}

func isURL(name string) bool {
	scheme, _, ok := strings.Cut(name, "://")
	return ok && scheme != "" && !strings.ContainsAny(scheme, "/.#")
}
