"""What columns are called: header words of several languages and of well-known exports.

Words are compared in a plain form: lower case, no accents, runs of other characters as one
space, camel case split.
"""

import re
from functools import cache

from copilot.text import fold

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^a-z0-9#]+")

_OWNERS = (
    "customer contact client kunde kunden default address billing mailing primary home person"
    " profile account member subscriber user shipping current your main buyer invoice adresse"
    " rechnung direccion cliente"
)
OWNERS = frozenset(_OWNERS.split())

# Spellings by canonical field, separated by "|"; a table's own entry goes before the common one.
_COMMON = {
    "customer_id": "customer id|cust id|customer number|customer no|customer nr|customer #"
    "|customer code|customer|client id|client number|kundennummer|kunden nr|kundennr|kunden id"
    "|kunde|debitor|debitorennummer|numero client|no client|id client|code client|numero de cliente"
    "|id cliente|codigo cliente|num cliente|cliente|klient id|contact id|member id|member number"
    "|subscriber id|household id|household key|account id|account number|square customer id"
    "|shopify customer id|stripe customer id|contact no|mitgliedsnummer|card number|loyalty id"
    "|loyalty number|loyalty card|crm id|user id",
    "product_id": "product id|sku|product sku|item id|item number|item no|item sku|lineitem sku"
    "|variant sku|article number|article no|artikelnummer|artikel nr|artikelnr|produktnummer"
    "|produkt id|reference produit|ref produit|code article|id producto|codigo producto|referencia"
    "|product code|upc|ean|gtin|barcode|token|stock code|stockcode",
    "store_id": "store id|shop id|branch id|location id|store|shop|branch|filiale|filial nr"
    "|filialnummer|filial id|magasin|id magasin|tienda|id tienda|sucursal|store number|store no"
    "|store code|outlet|outlet id|home store|preferred store|pos id",
    "campaign_id": "campaign id|campaign|kampagne|kampagnen id|id campagne|campagne|id campana"
    "|campana|campaign code|mailing id",
    "channel": "channel|medium|kanal|canal|type of channel",
    "city": "city|town|ort|stadt|wohnort|ville|commune|ciudad|localidad|poblacion|municipio"
    "|citta|miasto|cidade|address city|place|town city",
    "region": "region|state|county|province|state province|state region|bundesland|kanton"
    "|departement|provincia|comunidad|estado|province code|address state|wojewodztwo|state county",
    "country": "country|land|pays|pais|paese|kraj|country code|country region|laendercode"
    "|landercode|address country|code pays|cc|country name",
    "postcode": "postcode|post code|postal code|zip|zip code|zipcode|plz|postleitzahl|code postal"
    "|cp|codigo postal|cap|kod pocztowy|address postal code|address zip|zip postal code|pin code"
    "|postal",
    "neighbourhood": "neighbourhood|neighborhood|district|quarter|stadtteil|ortsteil|stadtbezirk"
    "|bezirk|viertel|quartier|arrondissement|barrio|distrito|colonia|suburb|area|borough|locality"
    "|dzielnica|ward",
    "lat": "lat|latitude|breitengrad|breite|latitud|geo lat",
    "lon": "lon|lng|long|longitude|langengrad|laengengrad|lange|longitud|geo lon|geo lng",
    "phone": "phone|phone number|telephone|tel|telefon|telefonnummer|mobile|mobile phone"
    "|mobile number|mobile phone number|cell|cell phone|handy|handynummer|mobil|mobiltelefon"
    "|telephone portable|portable|mobile portable|numero de telephone|telefono|movil"
    "|numero de telefono|celular|telefono movil|phone mobile|sms phone number"
    "|rufnummer|numer telefonu",
    "attributes": "attributes",
    "amount": "amount|total|revenue|sales|value|betrag|umsatz|summe|gesamt|montant|total ttc"
    "|chiffre d affaires|importe|total price|line total|net sales|net total|gross sales|price paid"
    "|sales value|turnover|amount paid|transaction amount|order total|order value|kwota",
}
_TABLES = {
    "customers": {
        "customer_id": "id|record id|leid|euid|reference id|lead id|klaviyo id|nummer"
        "|number|nr|contact",
        "first_name": "first name|firstname|fname|given name|forename|vorname|prenom|nombre|nome"
        "|imie|name first",
        "last_name": "last name|lastname|lname|surname|family name|nachname|familienname|zuname"
        "|nom|nom de famille|apellido|apellidos|cognome|nazwisko|name last",
        "full_name": "name|full name|fullname|customer name|contact name|display name"
        "|vollstandiger name|nom complet|nombre completo|cardholder name",
        "email": "email|e mail|email address|e mail address|mail|emailadresse|e mail adresse"
        "|mailadresse|courriel|adresse email|adresse e mail|adresse mail|correo|correo electronico"
        "|email id|primary email|adres email|contact email",
        "language": "language|lang|locale|preferred language|sprache|langue|idioma|lingua|jezyk"
        "|language code|accepts language|sprachcode",
        "birth_date": "birth date|birthdate|birthday|date of birth|dob|born|geburtsdatum"
        "|geburtstag|geb datum|date de naissance|naissance|fecha de nacimiento|fecha nacimiento"
        "|nacimiento|data urodzenia",
        "gender": "gender|sex|geschlecht|sexe|genre|genero|sexo|anrede|salutation",
        "street": "street|street address|address|address 1|address1|address line 1|strasse"
        "|strasse hausnummer|anschrift|adresse|rue|adresse 1|calle|direccion|domicilio|ulica"
        "|address street|mailing street|street name",
        "joined_at": "joined at|joined|join date|signup date|sign up date|signed up"
        "|created|created at"
        "|create date|created date|created time|creation date|date added|date created"
        "|customer since"
        "|member since|registered|registered at|registration date|kunde seit|registriert am"
        "|registrierungsdatum|erstellt am|eintrittsdatum|client depuis|date d inscription"
        "|date de creation|fecha de alta|fecha alta|fecha de registro|creado|profile created on"
        "|first seen|added",
        "store_id": "home store id|stammfiliale",
    },
    "consents": {
        "status": "status|consent|consent status|opt in|optin|opted in|permission|einwilligung"
        "|zustimmung|consentement|consentimiento|subscribed|subscription status|value",
        "source": "source|consent source|quelle|herkunft|origine|origen|origin|method",
        "at": "at|date|time|timestamp|datum|zeitpunkt|consent date|consented at|fecha|updated at"
        "|consent timestamp|given at|created at",
    },
    "suppressions": {
        "address": "address|email|e mail|email address|phone|phone number|contact|recipient"
        "|e mail adresse|courriel|correo|mobile|telefon",
        "reason": "reason|grund|raison|motivo|type|cause|unsub reason|status",
        "at": "at|date|time|timestamp|datum|created at|unsubscribed at|unsub time|fecha"
        "|suppressed at|added",
    },
    "products": {
        "product_id": "id|article|item|handle|nummer|number|code|ref|reference",
        "name": "name|product name|product|title|item name|description|bezeichnung|artikel"
        "|artikelname|artikelbezeichnung|produkt|produktname|nom|produit|designation|nombre"
        "|producto|descripcion|lineitem name",
        "category": "category|product category|product type|type|department|kategorie|warengruppe"
        "|produktgruppe|categorie|famille|rayon|categoria|familia|group|product group|commodity",
        "brand": "brand|vendor|marke|hersteller|marque|marca|manufacturer|supplier",
        "price": "price|unit price|list price|retail price|sale price|variant price|preis|vk"
        "|verkaufspreis|einzelpreis|stuckpreis|prix|prix unitaire|prix ttc|precio|pvp|cena",
        "margin": "margin|gross margin|marge|deckungsbeitrag|margen|profit margin",
        "options": "options|optionen|variants|varianten|opciones",
    },
    "transactions": {
        "transaction_id": "transaction id|id|line id|line item id|payment id|charge id|txn id"
        "|transaktionsnummer|positions id|id transaction|id transaccion",
        "basket_id": "basket id|basket|order id|order|order number|order no|order name|order #"
        "|invoice|invoice number|invoice no|receipt|receipt number|receipt id|bestellnummer"
        "|bestellung|auftragsnummer|belegnummer|bon|bonnummer|rechnungsnummer|commande"
        "|numero de commande|numero commande|ticket|pedido|numero de pedido|factura|visit id",
        "customer_email": "email|e mail|customer email|email address|buyer email|e mail adresse"
        "|courriel|correo electronico|billing email",
        "product_id": "product|item|article|artikel|produkt|produit|producto|lineitem name"
        "|description",
        "at": "at|date|time|datetime|timestamp|order date|created at|purchase date|purchased at"
        "|sale date|transaction date|transaction time|date time|created|created utc|paid at"
        "|processed at|datum|kaufdatum|bestelldatum|belegdatum|verkaufsdatum|zeitpunkt|date d achat"
        "|date de commande|date commande|date de vente|fecha|fecha de compra|fecha pedido"
        "|fecha de venta|invoice date|day|data",
        "quantity": "quantity|qty|count|units|pieces|menge|anzahl|stuck|stueckzahl"
        "|stuckzahl|quantite"
        "|qte|cantidad|unidades|lineitem quantity|items|ilosc",
        "unit_price": "unit price|price per unit|price each|item price|lineitem price|einzelpreis"
        "|stuckpreis|stueckpreis|prix unitaire|precio unitario",
        "amount": "price|preis|prix|precio|net amount|gross amount|captured amount|sale|subtotal",
    },
    "locations": {
        "store_id": "id|location|number|nummer|nr|code",
        "name": "name|store name|shop name|branch name|location name|filialname|nom|nombre",
        "kind": "kind|type|store type|format|art|typ|tipo|branch type|location type",
        "address": "address|street|street address|address 1|adresse|anschrift|strasse|direccion"
        "|rue|calle",
        "demographics": "demographics|demografie",
    },
    "campaigns": {
        "campaign_id": "id|code|number|nummer",
        "name": "name|campaign name|title|subject|kampagnenname|nom|nombre",
        "starts": "starts|start|start date|from|begin|begins|sent at|send date|launch date|beginn"
        "|startdatum|von|debut|date de debut|inicio|fecha de inicio|send time",
        "ends": "ends|end|end date|to|until|ende|enddatum|bis|fin|date de fin|fecha de fin",
        "category": "category|kategorie|categorie|categoria",
        "cost": "cost|costs|spend|budget|kosten|cout|coste|costo",
    },
    "responses": {
        "sent_at": "sent at|sent|send date|delivered at|gesendet|gesendet am|envoye le|enviado"
        "|send time|date sent",
        "responded_at": "responded at|responded|response date|redeemed at|redemption date"
        "|clicked at|converted at|reagiert am|repondu le|conversion date|redeemed",
        "cost": "cost|unit cost|contact cost|kosten|cout|coste",
    },
}


# Italian, Dutch, Portuguese and Polish, and names that single exports use.
_MORE = {
    "customers": {
        "customer_id": "codice cliente|numero cliente|klantnummer|klant id|klantnr|klant"
        "|cod cliente"
        "|numero do cliente|id do cliente|numer klienta|id klienta|klient|contact_id|contact no"
        "|customer user id|crmid|username",
        "first_name": "voornaam|primeiro nome|nome proprio|nome de batismo",
        "last_name": "achternaam|familienaam|sobrenome|apelido|ultimo nome",
        "full_name": "nome completo|volledige naam|naam|nome e cognome|imie i nazwisko|nominativo",
        "email": "indirizzo email|indirizzo e mail|posta elettronica|e mailadres|emailadres"
        "|endereco de email|endereco de e mail|correio eletronico|adres e mail|adres mailowy"
        "|user email|billing email|email billing",
        "language": "taal|jezyk klienta|lingua preferita|preferred locale",
        "birth_date": "data di nascita|geboortedatum|data de nascimento|data nascimento|nascimento"
        "|aniversario|data ur|birthday mmdd",
        "gender": "sesso|geslacht|genere|plec|sexo",
        "street": "indirizzo|via|adres|straat|straatnaam|endereco|rua|morada|ulica i numer"
        "|street address 1|mailing street|billing address 1|other street|contact address line 1",
        "joined_at": "cliente dal|data di iscrizione|data iscrizione|data registrazione|klant sinds"
        "|aanmaakdatum|registratiedatum|cliente desde|data de cadastro|data de registo"
        "|data rejestracji|data dodania|user registered|date registered|date identified"
        "|first visit|sign up"
        "|created time",
        "city": "citta|comune|localita|plaats|woonplaats|stad|localidade|municipio|miejscowosc",
        "postcode": "codice postale|codigo postal|cep|postcode|kod poczt|mailing zip",
        "neighbourhood": "quartiere|rione|zona|wijk|buurt|bairro|freguesia|osiedle",
        "region": "regione|provincie|estado|distrito|wojewodztwo|uf|mailing state",
        "country": "nazione|stato|land|pais|kraj|mailing country",
        "phone": "telefono cellulare|cellulare|numero di telefono|telefoon|telefoonnummer|mobiel"
        "|mobiele telefoon|gsm|telemovel|celular|numero de telefone|telefone|komorka"
        "|telefon komorkowy|nr telefonu|billing phone|home phone|phone 1",
    },
    "transactions": {
        "transaction_id": "id transazione|transactie id|id da transacao|id transakcji",
        "basket_id": "numero ordine|ordine|scontrino|bestelnummer|ordernummer|bonnummer"
        "|numero do pedido|numero da encomenda|numer zamowienia|zamowienie|paragon|order key",
        "product_id": "codice prodotto|codice articolo|prodotto|articolo|artikelcode|product code"
        "|codigo do produto|produto|kod produktu|produkt|towar",
        "at": "data ordine|data acquisto|data vendita|besteldatum|aankoopdatum|verkoopdatum"
        "|data da compra|data do pedido|data da venda|data zamowienia|data zakupu|data sprzedazy"
        "|close date|created date utc",
        "quantity": "quantita|aantal|quantidade|qtd|liczba|sztuk",
        "unit_price": "prezzo unitario|stukprijs|eenheidsprijs|preco unitario|cena jednostkowa",
        "amount": "importo|totale|bedrag|totaal|omzet|valor|preco|wartosc|suma|cena|prezzo|prijs",
        "store_id": "negozio|punto vendita|winkel|filiaal|loja|sklep",
        "customer_id": "codice cliente|klantnummer|klant|numero do cliente|numer klienta",
    },
    "products": {
        "product_id": "codice prodotto|codice articolo|artikelcode|codigo do produto|kod produktu",
        "name": "nome prodotto|prodotto|descrizione|productnaam|omschrijving|naam|nome do produto"
        "|nome|descricao|nazwa|nazwa produktu",
        "category": "categorie|categoria|kategoria|productgroep|reparto",
        "brand": "merk|marca|marka|producent",
        "price": "prezzo|prijs|verkoopprijs|preco|cena brutto",
    },
}


def plain(header: str) -> str:
    """The form in which headers are compared.

    >>> plain("E-Mail"), plain("FirstName"), plain("Straße")
    ('e mail', 'first name', 'strasse')
    """
    return " ".join(_OTHER.sub(" ", fold(_CAMEL.sub(" ", header))).split())


@cache
def spellings(table: str) -> dict[str, str]:
    """Plain header to field, for one table; the table's own words win over the common ones."""
    from copilot.customers.schema import table as schema_table

    fields = schema_table(table).types
    found: dict[str, str] = {}
    own = _TABLES.get(table, {})
    for source in (own, _COMMON, _MORE.get(table, {})):
        for field, words in source.items():
            if source is _COMMON and field not in fields:
                continue
            for word in words.split("|"):
                found.setdefault(plain(word), field)
    return found
