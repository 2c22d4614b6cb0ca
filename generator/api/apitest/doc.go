// Package apitest has an api.API written by hand, for tests of the printers.
package apitest
