package wire

import "github.com/resgen/resgen/resilience/wire/internal/lossless"

// Unknown keeps what was read into a struct but has no place in its fields, so that nothing is lost
// when the struct is sent back:
//
//   - members that the document does not declare;
//   - members whose value is not of the declared type: "12" or null for a number. The field then
//     has the part that can be read without a guess, 12, or its zero value. The original text is
//     sent back as long as the field does not change;
//   - that a required member was absent: it is left out again as long as its field is zero;
//   - a value that is not an object, as long as all fields are zero.
//
// The zero Unknown is empty. Copies share their content; changing one does not change the others.
//
// Its methods are:
//
//   - Get(name string) (value Raw, ok bool) returns a member as it was read or set;
//   - Names() []string returns the names of the members in the order in which they were read or set;
//   - Whole() Raw returns the value that was read if it is not an object, and an empty Raw otherwise;
//   - Set(name string, v any) error adds a member that the document does not declare. If a field has
//     the same name, its value is sent instead unless it is zero;
//   - Delete(name string) removes a member;
//   - IsZero() bool reports whether nothing is kept;
//   - Equal(v Unknown) bool reports whether both keep the same members. == reports only whether one
//     is a copy of the other;
//   - String() string returns the names of the members, not their values, which may be secret.
type Unknown = lossless.Unknown
