package typing_test

import (
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/plan/plantest"

	"fmt"
	"strings"
	"testing"
)

func TestTypes(t *testing.T) {
	for _, c := range []struct{ name, schemas, want string }{
		{"scalars", `
    A: {type: string}
    B: {type: string, format: date-time}
    C: {type: string, format: date}
    D: {type: string, format: byte}
    E: {type: integer}
    F: {type: integer, format: int32}
    G: {type: integer, format: uint64}
    H: {type: number}
    I: {type: number, format: float}
    J: {type: boolean}
    K: {type: string, format: uuid}
    L: {}
    M: {type: number, format: int64}`, `
A = string
B = Time
C = Date
D = []byte
E = int64
F = int32
G = uint64
H = float64
I = float64
J = bool
K = string
L = any
M = float64`},
		{"optional and nullable members", `
    A:
      type: object
      required: [a, c, e, g, i, k]
      properties:
        a: {type: string}
        b: {type: string}
        c: {type: string, nullable: true}
        d: {type: string, nullable: true}
        e: {type: array, items: {type: string}}
        f: {type: array, items: {type: string}}
        g: {type: array, nullable: true, items: {type: string}}
        h: {type: array, nullable: true, items: {type: string}}
        i: {}
        j: {nullable: true}
        k: {type: object, additionalProperties: {type: integer}}
        l: {type: object, additionalProperties: {type: integer}}
        m: {type: string, format: byte}`, `
A struct{A string a; B *string b,omitzero; C *string c; D Nullable[string] d,omitzero; E []string e; F []string f,omitzero; G *[]string g; H Nullable[[]string] h,omitzero; I any i; J Nullable[any] j,omitzero; K map[string]int64 k; L map[string]int64 l,omitzero; M []byte m,omitzero}`},
		{"names behind members", `
    List: {type: array, items: {type: string}}
    Free: {}
    Text: {type: string}
    Maybe: {type: string, nullable: true}
    A:
      required: [r]
      properties:
        a: {$ref: '#/components/schemas/List'}
        b: {$ref: '#/components/schemas/Free'}
        c: {$ref: '#/components/schemas/Text'}
        d: {$ref: '#/components/schemas/Maybe'}
        r: {$ref: '#/components/schemas/Maybe'}`, `
A struct{A List a,omitzero; B Free b,omitzero; C *Text c,omitzero; D Nullable[Maybe] d,omitzero; R *Maybe r}
Free = any
List = []string
Maybe = string
Text = string`},
		{"null in all of the parts", `
    Maybe: {type: string, nullable: true}
    Text: {type: string}
    A:
      properties:
        a: {allOf: [{$ref: '#/components/schemas/Maybe'}]}
        b: {allOf: [{$ref: '#/components/schemas/Maybe'}, {$ref: '#/components/schemas/Text'}]}
        c: {type: string, allOf: [{$ref: '#/components/schemas/Maybe'}]}`, `
A struct{A Nullable[Maybe] a,omitzero; B *string b,omitzero; C *Maybe c,omitzero}
Maybe = string
Text = string`},
		{"elements that may be null", `
    A: {type: array, items: {type: string, nullable: true}}
    B: {type: object, additionalProperties: {type: integer, nullable: true}}
    C: {type: array, items: {nullable: true}}`, `
A = []*string
B = map[string]*int64
C = []any`},
		{"objects", `
    Free: {type: object}
    Open: {type: object, additionalProperties: true}
    Both: {type: object, properties: {a: {type: string}}, additionalProperties: {type: integer}}
    Closed: {type: object, additionalProperties: false}
    Shut: {type: object, properties: {a: {type: string}}, additionalProperties: false}`, `
Both struct{A *string a,omitzero; AdditionalProperties map[string]int64}
Closed struct{}
Free = map[string]any
Open = map[string]any
Shut struct{A *string a,omitzero}`},
		{"inline types are named after their place", `
    Order:
      type: object
      properties:
        lines: {type: array, items: {type: object, properties: {price: {type: object, properties: {amount: {type: number}}}}}}
        tags: {type: object, additionalProperties: {type: object, properties: {a: {type: string}}}}
        state: {type: string, enum: [open, CLOSED]}
    Rows: {type: array, items: {type: object, properties: {a: {type: string}}}}`, `
Order struct{Lines []OrderLinesItem lines,omitzero; Tags map[string]OrderTagsValue tags,omitzero; State *OrderState state,omitzero}
OrderLinesItem struct{Price *OrderLinesItemPrice price,omitzero}
OrderLinesItemPrice struct{Amount *float64 amount,omitzero}
OrderState string{OrderStateOpen=open OrderStateClosed=CLOSED}
OrderTagsValue struct{A *string a,omitzero}
Rows = []RowsItem
RowsItem struct{A *string a,omitzero}`},
		{"names that no struct tag carries", `
    A: {properties: {'a,b': {type: string}}}
    B: {properties: {'': {type: string}}}
    C: {properties: {'-': {type: string}}}
    D: {properties: {'q"': {type: string}}}
    E: {properties: {'a b': {type: string}}}`, `
A custom struct{AB *string a,b,omitzero}
B custom struct{Empty *string ,omitzero}
C custom struct{Minus *string -,omitzero}
D custom struct{Q *string q",omitzero}
E struct{AB *string a b,omitzero}`},
		{"references to references, into schemas and to each other", `
    A: {$ref: '#/components/schemas/B'}
    B: {$ref: '#/components/schemas/C'}
    C: {properties: {in: {type: object, properties: {x: {type: string}}}}}
    D: {properties: {y: {$ref: '#/components/schemas/C/properties/in'}}}
    E: {$ref: '#/components/schemas/C/properties/in'}`, `
A = B
B = C
C struct{In *E in,omitzero}
D struct{Y *E y,omitzero}
E struct{X *string x,omitzero}`},
		{"recursion", `
    Node: {properties: {next: {$ref: '#/components/schemas/Node'}, all: {type: array, items: {$ref: '#/components/schemas/Node'}}}}
    Must: {required: [next], properties: {next: {$ref: '#/components/schemas/Must'}}}
    Null: {properties: {next: {allOf: [{$ref: '#/components/schemas/Null'}], nullable: true}}}
    Ping: {required: [pong, leaf], properties: {pong: {$ref: '#/components/schemas/Pong'}, leaf: {$ref: '#/components/schemas/Leaf'}}}
    Pong: {required: [ping], properties: {ping: {$ref: '#/components/schemas/Ping'}}}
    Leaf: {properties: {a: {type: string}}}
    Tree: {type: array, items: {$ref: '#/components/schemas/Tree'}}
    Map: {type: object, additionalProperties: {$ref: '#/components/schemas/Map'}}
    Even: {type: array, items: {$ref: '#/components/schemas/Odd'}}
    Odd: {type: array, items: {$ref: '#/components/schemas/Even'}}
    Rows: {type: array, items: {$ref: '#/components/schemas/Row'}}
    Row: {properties: {rows: {$ref: '#/components/schemas/Rows'}}}`, `
Even []Odd
Leaf struct{A *string a,omitzero}
Map map[string]Map
Must struct{Next *Must next}
Node struct{Next *Node next,omitzero; All []Node all,omitzero}
Null struct{Next Nullable[*Null] next,omitzero}
Odd = []Even
Ping struct{Pong *Pong pong; Leaf Leaf leaf}
Pong struct{Ping *Ping ping}
Row struct{Rows Rows rows,omitzero}
Rows = []Row
Tree []Tree`},
		{"a list within itself", `
    A: {properties: {a: {type: array, items: {$ref: '#/components/schemas/A/properties/a'}}}}`, `
A struct{A AA a,omitzero}
AA []AA`},
		{"tuples", `
    Same: {type: array, items: {}, prefixItems: [{type: string}, {type: string}]}
    Mixed: {type: array, prefixItems: [{type: string}, {type: integer}]}
    Objects: {type: array, prefixItems: [{type: string}, {type: object, properties: {a: {type: string}}}]}`, `
Mixed = []Scalar
Objects = []ObjectsItem
ObjectsItem union{String:string ObjectsItem_2:ObjectsItem_2}
ObjectsItem_2 struct{A *string a,omitzero}
Same = []string`},
	} {
		t.Run(c.name, func(t *testing.T) {
			plantest.Same(t, plantest.Declarations(plantest.MustPlan(t, plantest.Schemas30(c.schemas))), c.want)
		})
	}
}

func TestEnums(t *testing.T) {
	for _, c := range []struct{ name, schemas, want string }{
		{"kinds", `
    A: {type: string, enum: [x, y]}
    B: {type: integer, enum: [1, -1]}
    C: {type: number, enum: [1.5, 2]}
    D: {type: boolean, enum: [true]}
    E: {enum: [x, 1]}
    F: {type: integer, format: int32, enum: [1, 2]}
    G: {type: string, format: date, enum: ['2020-01-01', '2021-01-01']}
    H: {enum: [{a: 1}, 1]}`, `
A string{AX=x AY=y}
B int64{B1=1 BMinus1=-1}
C float64{C1_5=1.5 C2=2}
D = bool
E = Scalar
F int32{F1=1 F2=2}
G = Date
H = any`},
		{"odd values", `
    A: {type: string, enum: ['', '-', '+', 'a b', 1, true, 'é', '2D', x, x]}`, `
A string{AEmpty= AMinus=- APlus=+ AAB=a b A1=1 ATrue=true AÉ=é A2D=2D AX=x}`},
		{"numbers as JSON writes them", `
    A: {type: integer, enum: [0x10, 1.0, 1e2, +5, 0o17, 1.5, .inf, 16]}
    B: {type: number, enum: [.5, 012, 1e2, .nan, 2.50, 0x1F]}
    C: {type: string, enum: [0x10, 012]}`, `
A int64{A16=16 A1=1 A100=100 A5=5 A15=15}
B float64{B0_5=0.5 B12=12 B1e2=1e2 B2_50=2.50 B31=31}
C string{C0x10=0x10 C012=012}`},
		{"numbers that need more room", `
    A: {type: integer, format: int32, enum: [1, -2147483648]}
    B: {type: integer, format: int32, enum: [1, 2147483648]}
    C: {type: integer, enum: [1, 18446744073709551615]}
    D: {type: integer, enum: [-1, 18446744073709551615]}
    E: {type: integer, format: int32, enum: [1, 9223372036854775808]}
    F: {type: integer, format: int32, enum: [2147483647, 1e40]}`, `
A int32{A1=1 AMinus2147483648=-2147483648}
B int64{B1=1 B2147483648=2147483648}
C uint64{C1=1 C18446744073709551615=18446744073709551615}
D int64{DMinus1=-1}
E uint64{E1=1 E9223372036854775808=9223372036854775808}
F int32{F2147483647=2147483647}`},
		{"values that do not fit", `
    A: {type: integer, enum: [1, two]}
    B: {type: string, enum: [a, [b], {c: d}]}
    C: {type: number, enum: [1.5, two, '2', -.inf]}`, `
A int64{A1=1}
B string{BA=a}
C float64{C1_5=1.5}`},
		{"names and notes of the document", `
    A: {type: integer, enum: [1, 2], x-enum-varnames: [ONE, TWO], x-enum-descriptions: [first, second]}
    B: {type: integer, enum: [1, 2], x-enumNames: [Uno]}`, `
A int64{AONE=1 ATWO=2}
B int64{B1=1 B2=2}`},
		{"names that AutoRest gives", `
    A: {type: string, enum: [a, b, c], x-ms-enum: {name: Letter, values: [{value: b, name: Second, description: after a}, {value: a}]}}`, `
A string{AA=a ASecond=b AC=c}`},
		{"one value of a member", `
    A: {properties: {kind: {type: string, enum: [a]}}}
    B: {type: string, enum: [b]}`, `
A struct{Kind *string kind,omitzero}
B string{BB=b}`},
		{"null among the values", `
    A: {properties: {x: {type: string, nullable: true, enum: [a, b, null]}}}`, `
A struct{X Nullable[AX] x,omitzero}
AX string{AXA=a AXB=b}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			plantest.Same(t, plantest.Declarations(plantest.MustPlan(t, plantest.Schemas30(c.schemas))), c.want)
		})
	}
}

func TestEnums_Notes(t *testing.T) {
	a := plantest.MustPlan(t, plantest.Schemas30(`    A: {type: string, enum: [a, b], x-enum-descriptions: [first, second]}
    B: {properties: {k: {type: string, description: The kind., enum: [b]}, l: {type: string, enum: [c]}}}`))
	if v := a.Types[0].Values; v[0].Description != "first" || v[1].Description != "second" {
		t.Errorf("got %+v", v)
	}
	ms := plantest.MustPlan(t,
		plantest.Schemas30("    A: {type: string, enum: [a, b], x-ms-enum: {values: [{value: b, description: second}]}}"))
	if v := ms.Types[0].Values; v[0].Description != "" || v[1].Description != "second" {
		t.Errorf("got %+v", v)
	}
	if f := a.Types[1].Fields; f[0].Description != "The kind.\n\nIts only value is \"b\"." ||
		f[1].Description != `Its only value is "c".` {
		t.Errorf("got %q and %q", f[0].Description, f[1].Description)
	}
}

func TestAllOf(t *testing.T) {
	const base = `
    Base: {type: object, required: [id], properties: {id: {type: string}, at: {type: string}}}
    Text: {type: string}`
	const declared = `
Base struct{ID string id; At *string at,omitzero}`
	for _, c := range []struct{ name, schemas, want string }{
		{"one member", "\n    A: {allOf: [{$ref: '#/components/schemas/Base'}]}", `
A = Base` + declared + "\nText = string"},
		{"one member beside a description", "\n    A: {properties: {b: {description: d, allOf: [{$ref: '#/components/schemas/Base'}, {description: e}]}}}", `
A struct{B *Base b,omitzero}` + declared + "\nText = string"},
		{"one member of the type stated beside", "\n    A: {type: object, allOf: [{$ref: '#/components/schemas/Base'}]}", `
A = Base` + declared + "\nText = string"},
		{"members together", "\n    A: {required: [b], allOf: [{$ref: '#/components/schemas/Base'}, {properties: {b: {type: integer}}}, {required: [at]}]}", `
A struct{ID string id; At string at; B int64 b}` + declared + "\nText = string"},
		{"own members last", "\n    A: {allOf: [{$ref: '#/components/schemas/Base'}], properties: {b: {type: integer}}}", `
A struct{ID string id; At *string at,omitzero; B *int64 b,omitzero}` + declared + "\nText = string"},
		{"the same member twice", "\n    A: {allOf: [{$ref: '#/components/schemas/Base'}, {$ref: '#/components/schemas/Base'}]}", `
A = Base` + declared + "\nText = string"},
		{"a member that is narrower", "\n    A: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {at: {type: string, enum: [x, y]}}}]}", `
A struct{ID string id; At *AAt at,omitzero}
AAt string{AAtX=x AAtY=y}` + declared + "\nText = string"},
		{"additional properties", "\n    A: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object, additionalProperties: {type: integer}}]}", `
A struct{ID string id; At *string at,omitzero; AdditionalProperties map[string]int64}` + declared + "\nText = string"},
		{"an integer is a number", "\n    A: {allOf: [{type: number}, {type: integer}]}",
			"A = int64" + declared + "\nText = string"},
		{"common values", "\n    A: {allOf: [{type: string, enum: [a, b]}, {type: string, enum: [b, c]}, " +
			"{maxLength: 3}]}", "A string{AB=b}" + declared + "\nText = string"},
		{"no common values", "\n    A: {allOf: [{type: string, enum: [a, b]}, {type: string, enum: [c]}]}",
			"A string{AA=a AB=b}" + declared + "\nText = string"},
		{"lists", "\n    A: {allOf: [{type: array, items: {$ref: '#/components/schemas/Base'}}, {minItems: 1}]}",
			"A = []Base" + declared + "\nText = string"},
		{"formats", "\n    A: {allOf: [{type: string}, {type: string, format: date}]}",
			"A = Date" + declared + "\nText = string"},
		{"read only in one", "\n    A: {allOf: [{properties: {x: {type: string, readOnly: true}}}, {properties: {x: " +
			"{type: string}}}]}", "A struct{X *string x,omitzero}" + declared + "\nText = string"},
	} {
		t.Run(c.name, func(t *testing.T) {
			plantest.Same(t, plantest.Declarations(plantest.MustPlan(t, plantest.Schemas30(c.schemas[1:]+base))),
				c.want)
		})
	}
}

// TestAllOf_WithinItself: members that hold one another's merge would never end if each merge were
// a new one.
func TestAllOf_WithinItself(t *testing.T) {
	a := plantest.MustPlan(t, plantest.Schemas30(`    A: {properties: {child: {$ref: '#/components/schemas/A'}, a: {type: string}}}
    B: {properties: {child: {$ref: '#/components/schemas/B'}, b: {type: string}}}
    C: {properties: {child: {$ref: '#/components/schemas/C'}}}
    Two: {allOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]}
    Three: {properties: {x: {type: array, items: {allOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}, {$ref: '#/components/schemas/C'}]}}}}
    Self: {allOf: [{$ref: '#/components/schemas/Self'}, {properties: {s: {type: string}}}]}`))
	plantest.Same(t, plantest.Declarations(a), `
A struct{Child *A child,omitzero; A *string a,omitzero}
B struct{Child *B child,omitzero; B *string b,omitzero}
C struct{Child *C child,omitzero}
Self struct{S *string s,omitzero}
Three struct{X []ThreeXItem x,omitzero}
ThreeXItem struct{Child *ThreeXItem child,omitzero; A *string a,omitzero; B *string b,omitzero}
Two struct{Child *Two child,omitzero; A *string a,omitzero; B *string b,omitzero}`)
}

// TestAllOf_Facts: a member is deprecated if one of the parts says so, and read only, write only or
// null if all that have it do.
func TestAllOf_Facts(t *testing.T) {
	a := plantest.MustPlan(t, plantest.Schemas30(`    A:
      allOf:
        - properties: {one: {type: string, deprecated: true, readOnly: true, nullable: true}, other: {type: string}, both: {type: string, deprecated: true, readOnly: true, nullable: true}, w: {type: string, writeOnly: true}}
        - properties: {one: {type: string}, other: {type: string, deprecated: true, writeOnly: true, nullable: true}, both: {type: string, deprecated: true, readOnly: true, nullable: true}, w: {type: string, writeOnly: true}}`))
	var got []string
	for _, f := range a.Types[0].Fields {
		got = append(got, fmt.Sprintf("%s %s old=%t ro=%t wo=%t", f.Name, plantest.GoType(f.Type), f.Deprecated,
			f.ReadOnly, f.WriteOnly))
	}
	plantest.Same(t, strings.Join(got, "\n"), `
one *string old=true ro=false wo=false
other *string old=true ro=false wo=false
both Nullable[string] old=true ro=true wo=false
w *string old=false ro=false wo=true`)
}

func TestAllOf_Contradiction(t *testing.T) {
	for _, c := range []struct{ schema, want, warning string }{
		{"{allOf: [{type: string}, {type: integer}]}", "A = any",
			"a.yaml:6:8: warning: schema A: no value is valid, because its parts contradict each other in type: " +
				"string and integer; using any; correct one of them"},
		{"{allOf: [{oneOf: [{type: string}]}, {oneOf: [{type: integer}]}]}", "A = any",
			"a.yaml:6:8: warning: schema A: no value is valid, because its parts contradict each other in their " +
				"alternatives; using any; correct one of them"},
		{"{properties: {x: {type: string, oneOf: [{type: array, items: {}}, {type: integer}]}}}",
			"A struct{X *AX x,omitzero}\nAX union{AnyList:[]any Int64:int64}", ""},
		{"{properties: {p: {type: string}}, oneOf: [{type: array, items: {}}, {type: integer}]}", "A = any",
			"a.yaml:6:8: warning: schema A: no value is valid, because its parts contradict each other in type: " +
				"object and integer; using any; correct one of them"},
		{"{$ref: '#/components/schemas/B'}\n    B: {allOf: [{$ref: '#/components/schemas/A'}]}", "A = any\nB = A",
			"a.yaml:6:8: warning: schema A: is defined only by itself; using any; give it a type"},
	} {
		a, lines := plantest.Planned(t, plantest.Schemas30("    A: "+c.schema), plan.Options{})
		plantest.Same(t, plantest.Declarations(a), c.want)
		plantest.Same(t, strings.Join(lines, "\n"), c.warning)
	}
}

func TestTypes_Decimal(t *testing.T) {
	a, _ := plantest.Planned(t,
		plantest.Schemas30("    A: {type: number}\n    B: {anyOf: [{type: integer}, {type: number}]}"),
		plan.Options{Decimal: true})
	plantest.Same(t, plantest.Declarations(a), "A = Decimal\nB = Decimal")
}

func TestTypes_Facts(t *testing.T) {
	a := plantest.MustPlan(t, plantest.Schemas30(`    A:
      description: What A is.
      deprecated: true
      properties:
        p: {type: string, format: password, description: Its p., writeOnly: true}
        q: {type: object, deprecated: true, readOnly: true, properties: {z: {type: string}}}`))
	n := a.Types[0]
	if n.Schema != "schema A" || n.Description != "What A is." || !n.Deprecated || n.Pos.String() != "a.yaml:7:7" {
		t.Errorf("got %+v", n)
	}
	if p := n.Fields[0]; p.Description != "Its p." || !p.Secret || !p.WriteOnly || p.ReadOnly || p.Deprecated {
		t.Errorf("got %+v", p)
	}
	if q := n.Fields[1]; !q.Deprecated || !q.ReadOnly || q.WriteOnly || q.Secret {
		t.Errorf("got %+v", q)
	}
	if in := a.Types[1]; in.Schema != "q of schema A" {
		t.Errorf("the inline type comes from %q", in.Schema)
	}
}

// TestTypes_ReadOnly: a member that only answers have cannot be demanded of a request.
func TestTypes_ReadOnly(t *testing.T) {
	a := plantest.MustPlan(t, `openapi: 3.0.3
paths:
  /a: {post: {operationId: op, requestBody: {required: true, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Sent'}}}}}, responses: {'204': {description: d}}}}
components:
  schemas:
    Sent: {required: [id, name], properties: {id: {type: string, readOnly: true}, name: {type: string}}}
    Got: {required: [id], properties: {id: {type: string, readOnly: true}}}
`)
	plantest.Same(t, plantest.Declarations(a),
		"Got struct{ID string id}\nSent struct{ID *string id,omitzero; Name string name}")
}

// TestTypes_WriteOnly: a member that only requests have cannot be demanded of an answer, and none
// is made up when one goes back.
func TestTypes_WriteOnly(t *testing.T) {
	a := plantest.MustPlan(t, `openapi: 3.0.3
paths:
  /a: {get: {operationId: op, responses: {'200': {description: d, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Got'}}}}}}}}
components:
  schemas:
    Got: {required: [pin, name], properties: {pin: {type: string, writeOnly: true}, name: {type: string}}}
    Sent: {required: [pin], properties: {pin: {type: string, writeOnly: true}}}
`)
	plantest.Same(t, plantest.Declarations(a),
		"Got struct{Pin *string pin,omitzero; Name string name}\nSent struct{Pin string pin}")
}

// TestTypes_AnyOrNull: an optional member of any type that may be null distinguishes null from
// absent.
func TestTypes_AnyOrNull(t *testing.T) {
	a := plantest.MustPlan(t,
		plantest.Schemas30("\n    A: {required: [c], properties: {a: {nullable: true}, b: {}, c: {nullable: true}}}"))
	plantest.Same(t, plantest.Declarations(a), "A struct{A Nullable[any] a,omitzero; B any b,omitzero; C any c}")
}
