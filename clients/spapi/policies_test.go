package spapi_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
)

// notOrdinary lists the operations of all models that do not use the selling partner's token, with
// the required data elements: those that Amazon's pages and libraries call restricted or grantless.
// getReportDocument is restricted only for some report types, and orders and their items only if
// the call requests personal data: see spapi.Restricted.
const notOrdinary = `
restricted GET /orders/v0/orders/{orderId}/buyerInfo
restricted GET /orders/v0/orders/{orderId}/address
restricted GET /orders/v0/orders/{orderId}/orderItems/buyerInfo
restricted GET /orders/v0/orders/{orderId}/regulatedInfo
restricted GET /vendor/directFulfillment/orders/v1/purchaseOrders
restricted GET /vendor/directFulfillment/orders/v1/purchaseOrders/{purchaseOrderNumber}
restricted GET /vendor/directFulfillment/orders/2021-12-28/purchaseOrders
restricted GET /vendor/directFulfillment/orders/2021-12-28/purchaseOrders/{purchaseOrderNumber}
restricted GET /vendor/directFulfillment/shipping/v1/shippingLabels
restricted GET /vendor/directFulfillment/shipping/v1/shippingLabels/{purchaseOrderNumber}
restricted GET /vendor/directFulfillment/shipping/v1/customerInvoices
restricted GET /vendor/directFulfillment/shipping/v1/customerInvoices/{purchaseOrderNumber}
restricted GET /vendor/directFulfillment/shipping/v1/packingSlips
restricted GET /vendor/directFulfillment/shipping/v1/packingSlips/{purchaseOrderNumber}
restricted GET /vendor/directFulfillment/shipping/2021-12-28/shippingLabels
restricted GET /vendor/directFulfillment/shipping/2021-12-28/shippingLabels/{purchaseOrderNumber}
restricted POST /vendor/directFulfillment/shipping/2021-12-28/shippingLabels/{purchaseOrderNumber}
restricted GET /vendor/directFulfillment/shipping/2021-12-28/customerInvoices
restricted GET /vendor/directFulfillment/shipping/2021-12-28/customerInvoices/{purchaseOrderNumber}
restricted GET /vendor/directFulfillment/shipping/2021-12-28/packingSlips
restricted GET /vendor/directFulfillment/shipping/2021-12-28/packingSlips/{purchaseOrderNumber}
restricted GET /mfn/v0/shipments/{shipmentId}
restricted DELETE /mfn/v0/shipments/{shipmentId}
restricted POST /mfn/v0/shipments
restricted POST /easyShip/2022-03-23/packages/bulk
restricted GET /fba/outbound/brazil/v0/shipments/{shipmentId}
grantless GET /notifications/v1/subscriptions/{notificationType}/{subscriptionId} sellingpartnerapi::notifications
grantless DELETE /notifications/v1/subscriptions/{notificationType}/{subscriptionId} sellingpartnerapi::notifications
grantless POST /notifications/v1/subscriptions/{notificationType}/testNotification sellingpartnerapi::notifications
grantless GET /notifications/v1/destinations sellingpartnerapi::notifications
grantless POST /notifications/v1/destinations sellingpartnerapi::notifications
grantless GET /notifications/v1/destinations/{destinationId} sellingpartnerapi::notifications
grantless DELETE /notifications/v1/destinations/{destinationId} sellingpartnerapi::notifications
grantless POST /applications/2023-11-30/clientSecret sellingpartnerapi::client_credential:rotation`

// ofTheApplication lists the quotas for all accounts of an application, in requests per second.
// Quotas of grantless operations are included.
const ofTheApplication = `
GET /listings/2021-08-01/items/{sellerId}/{sku} 100
PUT /listings/2021-08-01/items/{sellerId}/{sku} 100
DELETE /listings/2021-08-01/items/{sellerId}/{sku} 100
PATCH /listings/2021-08-01/items/{sellerId}/{sku} 500
GET /catalog/2022-04-01/items/{asin} 250
GET /catalog/2022-04-01/items 500
GET /definitions/2020-09-01/productTypes 100
GET /definitions/2020-09-01/productTypes/{productType} 100
GET /listings/2021-08-01/restrictions 100`

func TestPolicies_TokensAndQuotas(t *testing.T) {
	data, err := os.ReadFile("../../specs/spapi/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file, found := policyfile.DecodeFile("policy.yaml", data)
	if len(found) > 0 {
		t.Fatal(found)
	}
	var kinds, quotas []string
	for _, e := range file.Operations {
		p := e.Layer.Policy
		if p.Auth.Kind != "" {
			kinds = append(
				kinds,
				strings.TrimSpace(
					p.Auth.Kind+" "+e.Key.String()+" "+strings.Join(append(p.Auth.Elements, p.Auth.Scope), " "),
				),
			)
		}
		if (p.Rate.Scope == policy.ScopeApplication) != (p.Auth.Kind == "grantless") {
			t.Errorf("%s is %q and its rate belongs to %q", e.Key, p.Auth.Kind, p.Rate.Scope)
		}
		for _, name := range p.Rate.Also {
			rate, _ := policy.Get(policy.Policy{Rate: file.Buckets[name]}, "rate.per-second")
			quotas = append(quotas, e.Key.String()+" "+rate)
			if file.Buckets[name].Scope != policy.ScopeApplication {
				t.Errorf("bucket %s is not the application's", name)
			}
		}
	}
	sameLines(t, kinds, notOrdinary)
	sameLines(t, quotas, ofTheApplication)
}

func sameLines(t *testing.T, got []string, want string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(want), "\n")
	slices.Sort(lines)
	slices.Sort(got)
	if !slices.Equal(got, lines) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
}
