// Package pathtemplate parses path templates of OpenAPI documents, such as /pets/{petId}. The
// generator reads documents with it, and the runtime fills templates with it.
package pathtemplate
