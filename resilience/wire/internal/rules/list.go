package rules

import "fmt"

// list checks a list and its items.
func (c *checker) list(r *Rule, items []any) {
	c.count(len(items), r.MinItems, r.MaxItems, "item")
	if r.Unique {
		c.unique(items)
	}
	for i, item := range items {
		if i < len(r.Prefix) {
			c.at(step{index: i}, r.Prefix[i], item)
		} else {
			c.at(step{index: i}, r.Items, item)
		}
	}
	if r.Contains != nil {
		c.contains(r, items)
	}
}

// unique checks that no two items are equal. Items that contain something opaque are left out.
func (c *checker) unique(items []any) {
	first := make(map[string]int, len(items))
	for i, item := range items {
		if hasOpaque(item) {
			continue
		}
		key := string(appendCanonical(nil, item))
		if j, twice := first[key]; twice {
			c.fault(fmt.Sprintf("has equal items at %d and %d; want different ones", j, i))
			return
		}
		first[key] = i
	}
}

// contains checks how many items meet a rule.
func (c *checker) contains(r *Rule, items []any) {
	n := 0
	for i, item := range items {
		if c.validAt(step{index: i}, r.Contains, item) {
			n++
		}
	}
	least := r.MinContains
	if least == 0 {
		least = 1
	}
	c.count(n, least, r.MaxContains, "fitting item")
}

// validAt reports whether a value within the current one meets a rule.
func (c *checker) validAt(s step, r *Rule, v any) bool {
	c.path = append(c.path, s)
	ok := c.valid(r, v)
	c.path = c.path[:len(c.path)-1]
	return ok
}
