package typecheck

import (
	"errors"
	"go/scanner"
)

// parseErrors returns the syntax errors within err.
func parseErrors(err error) scanner.ErrorList {
	var list scanner.ErrorList
	errors.As(err, &list)
	return list
}
