package watch

// This file finds the folders whose changes can change the content of a file: see steps and places.

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fsnotify/fsnotify"
)

// mostLinks is the number of symbolic links after which resolving a path ends.
const mostLinks = 40

// steps returns what the content of a file depends on: the file, the symbolic links on the way to
// it, and the folders that contain them. If a part of the path is missing, the last step is that
// part.
func steps(path string) (list []string) {
	rest := split(path)
	at := filepath.VolumeName(path) + string(filepath.Separator)
	for links := 0; len(rest) > 0; {
		name := rest[0]
		rest = rest[1:]
		if name == ".." {
			at = filepath.Dir(at)
			continue
		}
		next := filepath.Join(at, name)
		info, err := os.Lstat(next)
		if err != nil {
			return append(list, next)
		}
		if info.Mode()&os.ModeSymlink == 0 {
			at = next
			continue
		}
		list = append(list, next)
		target, err := os.Readlink(next)
		if links++; err != nil || links > mostLinks {
			return list
		}
		if filepath.IsAbs(target) {
			at = filepath.VolumeName(target) + string(filepath.Separator)
		}
		rest = append(split(target), rest...)
	}
	return append(list, at)
}

// split returns the parts of a path without its volume. Those that are "." are left out.
func split(path string) []string {
	parts := strings.Split(filepath.ToSlash(path[len(filepath.VolumeName(path)):]), "/")
	return slices.DeleteFunc(parts, func(p string) bool { return p == "" || p == "." })
}

// places are the watched folders of a file.
type places struct {
	path    string
	notices *fsnotify.Watcher
	steps   []string
	folders []string // of the steps, each once
}

func newPlaces(path string, notices *fsnotify.Watcher) *places {
	return &places{path: path, notices: notices}
}

// refresh watches the folders on which the file depends now, and no others. A folder that cannot be
// watched is left to the regular checks.
func (p *places) refresh() {
	for range mostLinks { // what is made before its folder is watched sends no event
		p.watch(steps(p.path))
		if slices.Equal(p.steps, steps(p.path)) {
			return
		}
	}
}

// watch watches the folders of the given steps, and no others.
func (p *places) watch(list []string) {
	p.steps = list
	var folders []string
	for _, s := range p.steps {
		if dir := filepath.Dir(s); !slices.Contains(folders, dir) {
			folders = append(folders, dir)
		}
	}
	for _, dir := range p.folders {
		if !slices.Contains(folders, dir) {
			_ = p.notices.Remove(dir)
		}
	}
	p.folders = folders
	for _, dir := range folders {
		_ = p.notices.Add(dir)
	}
}

// concerns reports whether an event can change the content of the file.
func (p *places) concerns(name string) bool {
	return slices.Contains(p.steps, name) || slices.Contains(p.folders, name)
}

// follow sends to changes when the file may have changed, until the watcher of events is closed.
func (p *places) follow(changes chan<- struct{}) {
	for {
		select {
		case e, ok := <-p.notices.Events:
			if !ok {
				return
			}
			if !p.concerns(e.Name) {
				continue
			}
			if slices.Contains(p.folders, e.Name) { // a folder of this name may be another one now
				_ = p.notices.Remove(e.Name)
			}
		case _, ok := <-p.notices.Errors: // for example: events were lost
			if !ok {
				return
			}
		}
		p.refresh()
		select {
		case changes <- struct{}{}:
		default: // one is pending
		}
	}
}
