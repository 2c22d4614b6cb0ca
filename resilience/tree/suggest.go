package tree

import (
	"strconv"

	"github.com/resgen/resgen/resilience/diag"
)

// Suggest is [diag.Suggest].
func Suggest(word string, candidates []string) string { return diag.Suggest(word, candidates) }

// Mistyped is [diag.Mistyped].
func Mistyped(word string, candidates []string) string { return diag.Mistyped(word, candidates) }

func quote(s string) string { return strconv.Quote(shorten(s)) }
