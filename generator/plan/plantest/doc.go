// Package plantest plans documents for tests and writes plans as short texts that read like Go.
package plantest
