package main

// This file finds the case of a sandbox that matches a request.

import (
	"net/url"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/tree"
)

// answering returns the matching case with the most conditions, the first of several, or nil.
func answering(cases []*sandboxCase, op *api.Operation, sent *sentRequest) *sandboxCase {
	var best *sandboxCase
	for _, c := range cases {
		if (best == nil || len(c.conditions) > len(best.conditions)) && c.unmet(op, sent) == "" {
			best = c
		}
	}
	return best
}

// unmet returns the first condition that a request does not meet.
func (c *sandboxCase) unmet(op *api.Operation, sent *sentRequest) string {
	u, err := url.Parse(sent.URL)
	if err != nil {
		return err.Error()
	}
	for _, asked := range c.conditions {
		if asked.param == nil {
			if why := lost(decode(asked.value.JSON()), decode(sent.Body), true, "body"); why != "" {
				return why
			}
			continue
		}
		got, want := received(op, asked.param, u, sent), texts(asked.value)
		if !slices.Equal(got, want) {
			return asked.param.Name + ": " + clip(want) + " became " + clip(got)
		}
	}
	return ""
}

// texts returns the values that a parameter must have: one, or those of a list.
func texts(n *tree.Node) []string {
	if n.Kind != tree.Sequence {
		return []string{n.Text}
	}
	list := []string{}
	for _, item := range n.Items {
		list = append(list, item.Text)
	}
	return list
}

// received returns the values that a request has for a parameter.
func received(op *api.Operation, p *api.Param, u *url.URL, sent *sentRequest) []string {
	switch p.In {
	case api.InPath:
		var greedy []string
		if p.Greedy {
			greedy = append(greedy, p.Name)
		}
		values, err := match(op.Path, greedy, u.EscapedPath())
		if err != nil {
			return nil
		}
		return []string{values[p.Name]}
	case api.InQuery:
		return queried(p, u.RawQuery)
	}
	return sent.Header.Values(p.Name)
}

// queried returns the values of a parameter in a query. A comma separates values only if the
// parameter is a list and the comma is not escaped.
func queried(p *api.Param, query string) []string {
	var values []string
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(name); err != nil || name != p.Name {
			continue
		}
		parts := []string{value}
		if p.Type.Kind == api.Slice && !p.Explode {
			parts = strings.Split(value, ",")
		}
		for _, part := range parts {
			text, err := url.QueryUnescape(part)
			if err != nil {
				return nil
			}
			values = append(values, text)
		}
	}
	return values
}
