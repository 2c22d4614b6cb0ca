// Package lint finds what is doubtful in the policies of planned packages: combinations that do
// nothing, deadlines that cannot be kept, and operations of which nobody said what a repeat does.
//
// In comes the plan, out come findings at the place where the value stands, or at the operation if
// it stands nowhere. Begin at [Policies].
package lint
