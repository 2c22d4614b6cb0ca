// Package lint reports what is doubtful in the policies of planned packages: combinations that have
// no effect, deadlines that cannot be met, operations without an idempotency class, values that a
// document sets looser than the default, and names of circuits and buckets that are not used or
// have several values.
//
// The input is an [api.API], or the definitions of circuits and buckets. The output is findings at
// the position of the value, or of the operation if the value is a default. The main entry is
// [Policies].
package lint
