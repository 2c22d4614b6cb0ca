package recorded

import (
	"go/ast"
	"go/constant"
	"go/token"
	"reflect"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// constants are the names that literals of policies have.
var constants = map[string]any{
	"policy.Safe": policy.Safe, "policy.Idempotent": policy.Idempotent, "policy.Keyed": policy.Keyed,
	"policy.Conditional": policy.Conditional, "policy.Unsafe": policy.Unsafe,
	"policy.On": policy.On, "policy.Off": policy.Off,
	"policy.EqualJitter": policy.EqualJitter, "policy.FullJitter": policy.FullJitter,
	"policy.NoJitter": policy.NoJitter,
	"time.Hour":       time.Hour, "time.Minute": time.Minute, "time.Second": time.Second,
	"time.Millisecond": time.Millisecond, "time.Microsecond": time.Microsecond, "time.Nanosecond": time.Nanosecond,
}

// policy reads the literal of a policy and the place of each of its values.
func (r *reader) policy(e ast.Expr) (p policy.Policy, sources map[string]policy.Source) {
	sources = r.values(e, reflect.ValueOf(&p).Elem(), "")
	delete(sources, "")
	return p, sources
}

// values reads the literal of a struct into v. The places are those of the values by dotted key
// with a prefix; that of the literal has the key "".
func (r *reader) values(e ast.Expr, v reflect.Value, prefix string) map[string]policy.Source {
	sources := map[string]policy.Source{}
	if literal, ok := e.(*ast.CompositeLit); ok {
		sources[""] = policy.Source{Pos: r.pos(literal.Pos())}
		r.structure(literal, v, prefix, sources)
	}
	return sources
}

// structure reads the fields of a struct. Fields that the struct no longer has are left out.
func (r *reader) structure(e *ast.CompositeLit, v reflect.Value, prefix string, sources map[string]policy.Source) {
	for _, element := range e.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		f, ok := v.Type().FieldByName(keyOf(pair))
		if !ok {
			continue
		}
		key := prefix + f.Tag.Get("yaml")
		if nested, ok := pair.Value.(*ast.CompositeLit); ok && f.Type.Kind() == reflect.Struct {
			r.structure(nested, v.FieldByIndex(f.Index), key+".", sources)
			continue
		}
		if assign(v.FieldByIndex(f.Index), pair.Value) {
			sources[key] = policy.Source{Pos: r.pos(pair.Value.Pos())}
		}
	}
}

// assign sets v to the value of an expression. It reports false if the expression is none that
// resgen writes.
func assign(v reflect.Value, e ast.Expr) bool {
	if literal, ok := e.(*ast.CompositeLit); ok {
		switch v.Kind() {
		case reflect.Slice:
			return assignList(v, literal)
		case reflect.Struct:
			new(reader).structure(literal, v, "", map[string]policy.Source{})
			return true
		}
		return false
	}
	if word, ok := constants[typeName(e)]; ok && reflect.TypeOf(word).ConvertibleTo(v.Type()) {
		v.Set(reflect.ValueOf(word).Convert(v.Type()))
		return true
	}
	return assignConstant(v, eval(e))
}

func assignList(v reflect.Value, literal *ast.CompositeLit) bool {
	list := reflect.MakeSlice(v.Type(), len(literal.Elts), len(literal.Elts))
	for i, e := range literal.Elts {
		if !assign(list.Index(i), e) {
			return false
		}
	}
	v.Set(list)
	return true
}

func assignConstant(v reflect.Value, c constant.Value) bool {
	switch v.Kind() {
	case reflect.String:
		if c.Kind() != constant.String {
			return false
		}
		v.SetString(constant.StringVal(c))
	case reflect.Int, reflect.Int64:
		n, exact := constant.Int64Val(constant.ToInt(c))
		if !exact {
			return false
		}
		v.SetInt(n)
	case reflect.Float64:
		if !isNumber(c) {
			return false
		}
		f, _ := constant.Float64Val(constant.ToFloat(c))
		v.SetFloat(f)
	default:
		return false
	}
	return true
}

// eval returns the value of a constant expression of literals and units of time.
func eval(e ast.Expr) constant.Value {
	switch e := e.(type) {
	case *ast.BasicLit:
		return constant.MakeFromLiteral(e.Value, e.Kind, 0)
	case *ast.UnaryExpr:
		if x := eval(e.X); e.Op == token.SUB && isNumber(x) {
			return constant.UnaryOp(token.SUB, x, 0)
		}
	case *ast.BinaryExpr:
		if x, y := eval(e.X), eval(e.Y); e.Op == token.MUL && isNumber(x) && isNumber(y) {
			return constant.BinaryOp(x, token.MUL, y)
		}
	case *ast.SelectorExpr:
		if unit, ok := constants[typeName(e)].(time.Duration); ok && strings.HasPrefix(typeName(e), "time.") {
			return constant.MakeInt64(int64(unit))
		}
	}
	return constant.MakeUnknown()
}

func isNumber(c constant.Value) bool { return c.Kind() == constant.Int || c.Kind() == constant.Float }
