//! What is sold, and what it comes to.

use chrono::NaiveDate;
use contract::{Currency, TaxCategory, TaxGroup, billing::BillingSettings, invoice::InvoiceLine, party::Party};

use super::{party, xml::Xml};
use crate::{
    amounts::{Decimal, net_price},
    lines::{Supply, last_day, supply},
    words::Words,
};

/// Kinds of documents in UNTDID 1001 (BT-3).
pub const INVOICE: &str = "380";
/// A credit note.
pub const CREDIT_NOTE: &str = "381";

/// An invoice or a credit note.
pub struct Trade<'a> {
    pub kind: &'static str,
    pub number: &'a str,
    pub issued_on: NaiveDate,
    pub due_on: Option<NaiveDate>,
    /// The invoice that is credited, and its day.
    pub corrects: Option<(&'a str, NaiveDate)>,
    pub note: Option<&'a str>,
    pub currency: Currency,
    pub seller: &'a Party,
    pub buyer: &'a Party,
    pub settings: &'a BillingSettings,
    pub lines: &'a [InvoiceLine],
    pub includes_tax: bool,
    pub taxes: &'a [TaxGroup],
    pub net: i64,
    pub tax: i64,
    pub rounding: i64,
    pub total: i64,
    pub words: &'a Words,
}

fn day(xml: &mut Xml, name: &'static str, day: NaiveDate) {
    xml.group(name, |xml| {
        xml.text_with("udt:DateTimeString", &[("format", "102")], &day.format("%Y%m%d").to_string());
    });
}

/// A rate in percent.
fn percent(rate: u32) -> String {
    Decimal {
        value: rate.into(),
        digits: 4,
    }
    .trimmed(2)
    .plain()
}

/// Why no tax is charged, in the list of the EU (BT-121).
fn exemption_code(category: TaxCategory) -> Option<&'static str> {
    match category {
        TaxCategory::ReverseCharge => Some("VATEX-EU-AE"),
        TaxCategory::IntraCommunity => Some("VATEX-EU-IC"),
        TaxCategory::Export => Some("VATEX-EU-G"),
        TaxCategory::OutsideScope => Some("VATEX-EU-O"),
        TaxCategory::Standard | TaxCategory::Zero | TaxCategory::Exempt => None,
    }
}

impl Trade<'_> {
    /// The document.
    pub fn xml(&self) -> String {
        let mut xml = Xml::new();
        let namespaces = [
            ("xmlns:rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"),
            (
                "xmlns:ram",
                "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
            ),
            ("xmlns:qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"),
            ("xmlns:udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"),
        ];
        xml.within("rsm:CrossIndustryInvoice", &namespaces, |xml| {
            xml.group("rsm:ExchangedDocumentContext", |xml| {
                xml.group("ram:GuidelineSpecifiedDocumentContextParameter", |xml| {
                    xml.text("ram:ID", "urn:cen.eu:en16931:2017"); // BT-24
                });
            });
            xml.group("rsm:ExchangedDocument", |xml| {
                xml.text("ram:ID", self.number); // BT-1
                xml.text("ram:TypeCode", self.kind); // BT-3
                day(xml, "ram:IssueDateTime", self.issued_on); // BT-2
                if let Some(note) = self.note {
                    xml.group("ram:IncludedNote", |xml| xml.text("ram:Content", note)); // BT-22
                }
            });
            xml.group("rsm:SupplyChainTradeTransaction", |xml| {
                for line in self.lines {
                    self.line(xml, line);
                }
                self.agreement(xml);
                self.delivery(xml);
                self.settlement(xml);
            });
        });
        xml.finish()
    }

    fn has(&self, category: TaxCategory) -> bool {
        self.taxes.iter().any(|group| group.category == category)
    }

    fn amount(&self, amount: i64) -> String {
        Decimal::money(amount, self.currency).plain()
    }

    /// BG-25.
    fn line(&self, xml: &mut Xml, line: &InvoiceLine) {
        xml.group("ram:IncludedSupplyChainTradeLineItem", |xml| {
            xml.group("ram:AssociatedDocumentLineDocument", |xml| {
                xml.text("ram:LineID", &line.position.to_string()); // BT-126
            });
            xml.group("ram:SpecifiedTradeProduct", |xml| xml.text("ram:Name", &line.text)); // BT-153
            xml.group("ram:SpecifiedLineTradeAgreement", |xml| {
                xml.group("ram:NetPriceProductTradePrice", |xml| {
                    // BT-146
                    xml.text("ram:ChargeAmount", &net_price(line, self.includes_tax, self.currency).plain());
                });
            });
            xml.group("ram:SpecifiedLineTradeDelivery", |xml| {
                // BT-129; C62 is a piece, in the list of UN/ECE recommendation 20.
                xml.text_with("ram:BilledQuantity", &[("unitCode", "C62")], &line.quantity.to_string());
            });
            xml.group("ram:SpecifiedLineTradeSettlement", |xml| {
                xml.group("ram:ApplicableTradeTax", |xml| {
                    xml.text("ram:TypeCode", "VAT");
                    xml.text("ram:CategoryCode", line.tax_category.as_str()); // BT-151
                    if line.tax_category != TaxCategory::OutsideScope {
                        xml.text("ram:RateApplicablePercent", &percent(line.tax_rate)); // BT-152
                    }
                });
                if let Some((start, end)) = line.period_start.zip(line.period_end) {
                    period(xml, start, last_day(end)); // BG-26
                }
                xml.group("ram:SpecifiedTradeSettlementLineMonetarySummation", |xml| {
                    xml.text("ram:LineTotalAmount", &self.amount(line.net)); // BT-131
                });
            });
        });
    }

    fn agreement(&self, xml: &mut Xml) {
        let is_taxable = !self.has(TaxCategory::OutsideScope);
        xml.group("ram:ApplicableHeaderTradeAgreement", |xml| {
            party::seller(xml, self.seller, self.settings, is_taxable);
            party::buyer(xml, self.buyer, is_taxable);
        });
    }

    fn delivery(&self, xml: &mut Xml) {
        xml.group("ram:ApplicableHeaderTradeDelivery", |xml| {
            // Where it goes within the Union has to be said (BR-IC-12).
            if self.has(TaxCategory::IntraCommunity) {
                xml.group("ram:ShipToTradeParty", |xml| {
                    xml.group("ram:PostalTradeAddress", |xml| {
                        xml.optional("ram:CountryID", self.buyer.country.as_deref()); // BT-80
                    });
                });
            }
            if let Supply::On(on) = supply(self.lines, self.issued_on) {
                xml.group("ram:ActualDeliverySupplyChainEvent", |xml| day(xml, "ram:OccurrenceDateTime", on)); // BT-72
            }
        });
    }

    fn settlement(&self, xml: &mut Xml) {
        xml.group("ram:ApplicableHeaderTradeSettlement", |xml| {
            if self.kind == INVOICE {
                xml.text("ram:PaymentReference", self.number); // BT-83
            }
            xml.text("ram:InvoiceCurrencyCode", self.currency.code()); // BT-5
            self.payment_means(xml);
            for group in self.taxes {
                self.tax(xml, group);
            }
            if let Supply::During(first, last) = supply(self.lines, self.issued_on) {
                period(xml, first, last); // BG-14
            }
            if let Some(due) = self.due_on {
                xml.group("ram:SpecifiedTradePaymentTerms", |xml| day(xml, "ram:DueDateDateTime", due)); // BT-9
            } else if self.total > 0 {
                // BT-20, for BR-CO-25: it is credited to the account, so that there is nothing to pay.
                xml.group("ram:SpecifiedTradePaymentTerms", |xml| {
                    xml.text("ram:Description", self.words.nothing_to_pay);
                });
            }
            self.sums(xml);
            if let Some((number, of)) = self.corrects {
                // BG-3
                xml.group("ram:InvoiceReferencedDocument", |xml| {
                    xml.text("ram:IssuerAssignedID", number);
                    xml.group("ram:FormattedIssueDateTime", |xml| {
                        xml.text_with("qdt:DateTimeString", &[("format", "102")], &of.format("%Y%m%d").to_string());
                    });
                });
            }
        });
    }

    /// BG-16: to an account, as far as one is known. 58 is a SEPA transfer, 30 any other (UNTDID 4461).
    fn payment_means(&self, xml: &mut Xml) {
        let Some(iban) = self.settings.iban.as_deref().filter(|_| self.kind == INVOICE) else {
            return;
        };
        xml.group("ram:SpecifiedTradeSettlementPaymentMeans", |xml| {
            xml.text("ram:TypeCode", if self.currency == Currency::EUR { "58" } else { "30" }); // BT-81
            let compact: String = iban.chars().filter(|c| !c.is_whitespace()).collect();
            xml.group("ram:PayeePartyCreditorFinancialAccount", |xml| xml.text("ram:IBANID", &compact)); // BT-84
            if let Some(bic) = &self.settings.bic {
                xml.group("ram:PayeeSpecifiedCreditorFinancialInstitution", |xml| xml.text("ram:BICID", bic)); // BT-86
            }
        });
    }

    /// BG-23.
    fn tax(&self, xml: &mut Xml, group: &TaxGroup) {
        let reason = self.words.tax_note(group.category);
        xml.group("ram:ApplicableTradeTax", |xml| {
            xml.text("ram:CalculatedAmount", &self.amount(group.tax)); // BT-117
            xml.text("ram:TypeCode", "VAT");
            if !reason.is_empty() {
                xml.text("ram:ExemptionReason", reason); // BT-120
            }
            xml.text("ram:BasisAmount", &self.amount(group.base)); // BT-116
            xml.text("ram:CategoryCode", group.category.as_str()); // BT-118
            xml.optional("ram:ExemptionReasonCode", exemption_code(group.category)); // BT-121
            if group.category != TaxCategory::OutsideScope {
                xml.text("ram:RateApplicablePercent", &percent(group.rate)); // BT-119
            }
        });
    }

    /// BG-22.
    fn sums(&self, xml: &mut Xml) {
        let code = self.currency.code().to_owned();
        xml.group("ram:SpecifiedTradeSettlementHeaderMonetarySummation", |xml| {
            xml.text("ram:LineTotalAmount", &self.amount(self.net)); // BT-106
            xml.text("ram:TaxBasisTotalAmount", &self.amount(self.net)); // BT-109
            xml.text_with("ram:TaxTotalAmount", &[("currencyID", &code)], &self.amount(self.tax)); // BT-110
            if self.rounding != 0 {
                xml.text("ram:RoundingAmount", &self.amount(self.rounding)); // BT-114
            }
            xml.text("ram:GrandTotalAmount", &self.amount(self.net + self.tax)); // BT-112
            xml.text("ram:DuePayableAmount", &self.amount(self.total)); // BT-115
        });
    }
}

fn period(xml: &mut Xml, first: NaiveDate, last: NaiveDate) {
    xml.group("ram:BillingSpecifiedPeriod", |xml| {
        day(xml, "ram:StartDateTime", first);
        day(xml, "ram:EndDateTime", last);
    });
}
