// Package lint reports what is doubtful in the policies of planned packages: combinations that have
// no effect, deadlines that cannot be met, and operations without an idempotency class.
//
// The input is an [api.API]. The output is findings at the position of the value, or of the
// operation if the value is a default. The entry is [Policies].
package lint
