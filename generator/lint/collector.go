package lint

import (
	"fmt"

	"github.com/resgen/resgen/resilience/diag"
)

// A collector collects findings about operations. Operations with the same finding at the same
// position share one, which counts them.
type collector struct {
	found diag.List
	index map[same]int // of each finding
	more  map[int]int  // how many further operations have the finding
}

// same identifies a finding that several operations may share.
type same struct {
	pos        diag.Position
	code, what string
}

func newCollector() *collector {
	return &collector{index: map[same]int{}, more: map[int]int{}}
}

// add adds a finding about an operation.
func (c *collector) add(d diag.Diagnostic) {
	key := same{d.Pos, d.Code, d.What}
	if i, known := c.index[key]; known {
		c.more[i]++
		return
	}
	c.index[key] = len(c.found)
	c.found.Add(d)
}

// list returns the findings, with the number of operations that share each.
func (c *collector) list() diag.List {
	for i, n := range c.more {
		c.found[i].Subject = andMore(c.found[i].Subject, n)
	}
	c.more = nil
	return c.found
}

// andMore returns the subject of a finding that n further operations share.
func andMore(subject string, n int) string {
	if n == 0 {
		return subject
	}
	return fmt.Sprintf("%s and %d more", subject, n)
}
