package demo

import (
	"io"
	"sync"
)

// Serialize returns a writer that several goroutines may use at the same time. Each Write is passed
// to w as a whole.
func Serialize(w io.Writer) io.Writer { return &serialized{to: w} }

type serialized struct {
	mu sync.Mutex
	to io.Writer
}

func (s *serialized) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.to.Write(p)
}
