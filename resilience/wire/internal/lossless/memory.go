package lossless

// This file is the only one of the package that uses unsafe. It reads and writes fields by their
// offset, because package reflect checks with each access what layoutOf has checked once for the
// type. docs/decisions/0044-one-pass-decoding.md has the figures.
//
// It is safe as long as each place is used with the layout of the type that is there, which all
// callers do: a place comes from an addressable reflect.Value, from a pointer, or from an
// interface, with the type that package reflect reports, and the places in it from the offsets of
// that type. What is in an interface is only read. All stores are typed Go stores, so the garbage
// collector sees pointers; memory is allocated by package reflect for its type, or by newOf for one
// with the same representation.

import (
	"reflect"
	"unsafe"
)

// A place is the address of a value.
type place struct{ at unsafe.Pointer }

// placeOf returns the place of an addressable value.
func placeOf(v reflect.Value) place { return place{v.Addr().UnsafePointer()} }

// value returns the value at a place.
func (p place) value(l *layout) reflect.Value { return reflect.NewAt(l.typ, p.at).Elem() }

// field returns the place of a field.
func (p place) field(offset uintptr) place { return place{unsafe.Add(p.at, offset)} }

func (p place) setText(s string)        { *(*string)(p.at) = s }
func (p place) setBool(b bool)          { *(*bool)(p.at) = b }
func (p place) setFloat(f float64)      { *(*float64)(p.at) = f }
func (p place) setAny(v any)            { *(*any)(p.at) = v }
func (p place) setUnknown(k *remains)   { *(*Unknown)(p.at) = Unknown{k} }
func (p place) setMap(m map[string]any) { *(*map[string]any)(p.at) = m }

func (p place) text() string           { return *(*string)(p.at) }
func (p place) bool() bool             { return *(*bool)(p.at) }
func (p place) any() any               { return *(*any)(p.at) }
func (p place) bytes() []byte          { return *(*[]byte)(p.at) }
func (p place) anyMap() map[string]any { return *(*map[string]any)(p.at) }
func (p place) remains() *remains      { return (*Unknown)(p.at).kept }

// int returns an integer of a size in bytes.
func (p place) int(size uintptr) int64 {
	switch size {
	case 8:
		return *(*int64)(p.at)
	case 4:
		return int64(*(*int32)(p.at))
	case 2:
		return int64(*(*int16)(p.at))
	}
	return int64(*(*int8)(p.at))
}

// uint returns an unsigned integer of a size in bytes.
func (p place) uint(size uintptr) uint64 {
	switch size {
	case 8:
		return *(*uint64)(p.at)
	case 4:
		return uint64(*(*uint32)(p.at))
	case 2:
		return uint64(*(*uint16)(p.at))
	}
	return uint64(*(*uint8)(p.at))
}

// float returns a number of a size in bytes.
func (p place) float(size uintptr) float64 {
	if size == 4 {
		return float64(*(*float32)(p.at))
	}
	return *(*float64)(p.at)
}

// setInt sets an integer of a size in bytes, and reports whether it fits.
func (p place) setInt(i int64, size uintptr) bool {
	switch size {
	case 8:
		*(*int64)(p.at) = i
		return true
	case 4:
		*(*int32)(p.at) = int32(i)
		return int64(int32(i)) == i
	case 2:
		*(*int16)(p.at) = int16(i)
		return int64(int16(i)) == i
	}
	*(*int8)(p.at) = int8(i)
	return int64(int8(i)) == i
}

// target returns the place that a pointer points to. A nil pointer is set to a new zero value.
func (p place) target(l *layout) place {
	to := (*unsafe.Pointer)(p.at)
	if *to == nil {
		*to = newOf(l.elem)
	}
	return place{*to}
}

// pointee returns the place that a pointer points to.
func (p place) pointee() place { return place{*(*unsafe.Pointer)(p.at)} }

// placeIn returns the place of a value in an interface. Nothing may change the value there, nor get
// its address.
func placeIn(v any, l *layout) place {
	if l.size > unsafe.Sizeof(uintptr(0)) { // the second word of the interface points to it
		return place{(*[2]unsafe.Pointer)(unsafe.Pointer(&v))[1]}
	}
	copied := reflect.New(l.typ)
	copied.Elem().Set(reflect.ValueOf(v))
	return place{copied.UnsafePointer()}
}

// placeOfTarget returns the place that a pointer points to.
func placeOfTarget(pointer reflect.Value) place { return place{pointer.UnsafePointer()} }

// newOf returns a pointer to a new zero value. For the most common types it does without the search
// for the type of the pointer in reflect.New.
func newOf(l *layout) unsafe.Pointer {
	switch {
	case l.reads == textForm, l.token:
		return unsafe.Pointer(new(string))
	case l.isPlain() && l.size == 8:
		return unsafe.Pointer(new(uint64))
	case l.isPlain() && l.size == 4:
		return unsafe.Pointer(new(uint32))
	case l.isPlain() && l.size == 1:
		return unsafe.Pointer(new(uint8))
	}
	return reflect.New(l.typ).UnsafePointer()
}

// isPlain reports whether values of the type are numbers or bools.
func (l *layout) isPlain() bool { return boolForm <= l.reads && l.reads <= floatForm }

// isNil reports whether a pointer, list, map or interface is nil.
func (p place) isNil() bool { return *(*unsafe.Pointer)(p.at) == nil }

// setNil sets a pointer to nil.
func (p place) setNil() { *(*unsafe.Pointer)(p.at) = nil }

// isEmptyText reports whether a string is empty.
func (p place) isEmptyText() bool { return *(*string)(p.at) == "" }

// A listAt is the memory of a list.
type listAt struct {
	items unsafe.Pointer
	len   int
	cap   int
}

// emptyList sets a list to one without items that is not nil.
func (p place) emptyList() { *(*[]struct{})(p.at) = []struct{}{} }

// grow gives a list the capacity for exactly n more items.
func (d *decoder) grow(p place, l *layout, n int) {
	list := (*listAt)(p.at)
	if list.cap == 0 {
		switch {
		case l.elem.reads == textForm, l.elem.token:
			*(*[]string)(p.at) = make([]string, 0, n)
		case n == 1:
			*list = listAt{items: newOf(l.elem), cap: 1}
		default:
			p.value(l).Grow(n)
		}
		return
	}
	// a list that grows with its items would get more
	d.spare, *list = *list, listAt{}
	p.value(l).Grow(d.spare.len + n)
	list.len = d.spare.len
	reflect.Copy(p.value(l), place{unsafe.Pointer(&d.spare)}.value(l))
	d.spare = listAt{}
}

// capacity returns the capacity of a list.
func (p place) capacity() int { return (*listAt)(p.at).cap }

// list returns the memory of a list.
func (p place) list() listAt { return *(*listAt)(p.at) }

// item returns the place of an item of a list.
func (list listAt) item(l *layout, i int) place {
	return place{unsafe.Add(list.items, uintptr(i)*l.elem.size)}
}

// item makes n+1 the length of a list, which must have the capacity, and returns the place of the
// last item.
func (p place) item(l *layout, n int) place {
	list := (*listAt)(p.at)
	list.len = n + 1
	return place{unsafe.Add(list.items, uintptr(n)*l.elem.size)}
}
