"""Whether a sentence that grants something grants it to everybody, now, and of the data.

A grant of the photographs on a page, to one profession, in the past or once a council has agreed is
none of the data to a reader; whoever finds such words answers *unclear*. And texts in languages
that no wording here reads: they state something, and what, is not known (promise 2).
"""

from __future__ import annotations

from verticalfile.rights.wording import Wording

OTHER_THINGS = (
    r"(?:text|documentation|metadata|page|web ?site|site|code|software|photos?|photographs?|images?|icons?"
    r"|logos?|blog|videos?|applications?|apps?|design|layout|template|fonts?|press releases?|user guide|manual|readme|algorithms?|methodology|symbology|scripts?|(?:data )?dictionary"
    r"|metadatos|documentación|fotograf[ií]as?|imágenes|sitio web|página|código|iconos?|métadonnées|photographies|logiciel|code source"
    r"|metadaten|dokumentation|fotos|bilder|webseite|metadati|codice|metadados|fotografias)"
)
_AND_THE_DATA = r"(?!.{0,60}\b(?:and|or|as well as|with) (?:\w+ ){0,3}data\w*|\b(?:y|e|et|und) (?:\w+ ){0,2}(?:datos|données|daten)\b)"
ARTICLES = r"(?:the|this|these|our|all|its|any|los|las|la|el|le|les|die|der|das|il|i|os|as)"
ABOUT = rf"^\W*(?:{ARTICLES} )?(?:\w+ )?{OTHER_THINGS}\b(?! of\b)(?: \w+){{0,6}}? (?:is|are|may|can|was|were|es|son|está|están|se|est|sont|peuvent|ist|sind)\b{_AND_THE_DATA}"
"""What a sentence is about, where that is not the data."""
PENDING = (
    r"\bpending\b|\bawait(?:s|ing)\b|\bunder (?:legal |council )?review\b|\b(?:subject to|upon|after|until|once|when) (?:\w+ ){0,4}(?:approval|approved|adopt(?:ion|ed)|ratif\w+|sign-?off)\b"
    r"|\bproposed\b|\bto be (?:confirmed|decided|approved)\b|\btbc\b|\bpróximamente|\bpendiente de\b|\bbientôt\b|\bdemnächst\b"
)
"""What is yet to be decided."""

HELD_OPEN = (
    Wording("of-other-things", "conflict", ABOUT),
    Wording(
        "not-decided", "conflict",
        rf"{PENDING}|\bwould be\b|\bwhether\b|^\W*if\b|\bto (?:our|the best of our|my) knowledge\b|\bas far as we know\b|\bwe (?:believe|think|feel)\b|\bshould be (?:free|open|in the public)",
    ),
    Wording(
        "of-the-past", "conflict",
        r"\bcould (?:be )?(?:freely )?(?:re-?)?(?:use|cop|shar|distribut)|\b(?:previous|earlier|former|older) (?:\w+ )?(?:versions?|editions?|data ?sets?|releases?|files?|layers?)\b"
        r"|\b(?:formerly|previously|used to be|no longer)\b",
    ),
    Wording(
        "to-some", "conflict",
        r"\b(?:limited|restricted|reserved|confined) (?:to|for)\b(?! (?:the )?(?:data|terms|conditions|attribut|credit|cit))"
        r"|\b(?:for|to|by|among|within) (?:(?!any|every|all\b|public|you\b|anyone)[\w-]+ ){1,3}(?:members|subscribers|staff|employees|agencies|departments|residents|contractors|licensees|personnel|responders|officials|non-?profits|teachers|students|researchers|institutions)\b(?!,? (?:and|or) (?:\w+ )?(?:public|any|every|all|other))"
        r"|\banyone with (?:an? |the )?(?:\w+ )?(?:licen[cs]e|agreement|account|subscription|login)|\bif (?:you|they) are (?:an? |the )|\bduring (?:the|an?)\b|\bin your (?:class\w*|own|office)\b|\bonce (?:the|an?|you)\b"
        r"|\b(?:use|used|shared|free|freely|cop(?:y|ied)|restrictions?|limitations?)\b[^.;]{0,20} within (?:the|your|our|an?) (?!limits|terms|law)|\bfor approved\b|\bother than (?:for )?(?:re-?sale|sale|profit|commerc\w+|publication|redistribution)"
        r"|^\W*(?:personal|academic|educational|private|internal|scholarly) (?:and \w+ )?use\b|\bfor your (?:\w+ )?(?:homework|class\w*|studies|research|thesis)\b|\bdans le cadre\b"
        r"|^\W*(?:the )?(?:[\w-]+ ){0,2}(?:institutions|schools|agencies|libraries|universities|members|residents|businesses|governments|researchers|students|teachers) (?:may|can)\b"
        r"|\b(?:para|por|entre) (?:las?|los|el) (?:dependencias|miembros|instituciones|empleados|residentes|organismos|personal|estudiantes)\b|\bdentro del?\b|\b(?:pour|par|entre) les (?:membres|services|agents|communes|élèves)\b",
    ),
)  # fmt: skip

ANOTHER_LANGUAGE = Wording(
    "another-language", "not-read",
    # German, Dutch, Italian, Portuguese, Catalan, the Nordic ones, Polish: words on use, or small ones
    r"\b(?:nutz\w+|weitergabe|weitergegeben|genehmigung|erlaubnis|dürfen|darf|gebrauch|urheber\w*|gewähr\w*|haftung|nicht|nur|ohne|für|und|quelle|namensnennung"
    r"|gebruik\w*|toestemming|niet|alleen|zonder|voor|bronvermelding|hergebruik"
    r"|uso consentito|utilizz\w+|consentit\w+|vietat\w+|autorizzazione|riproduzione|esclusivamente|senza|diritti|proprietà|riservat\w+|fonte"
    r"|proibid\w+|autorização|reprodução|utilização|não|sem|direitos|vedad[oa]|permitid[oa]"
    r"|prohibi[td]\w*|ús|dret[sa]?|drets|reutilització|brug|bruk|användning|får|ikke|inte|tillstånd|käyttö|lupa"
    r"|wykorzyst\w+|zgod[ay]|prawa|zastrzeżone|bez|užití|felhasznál\w+|utilizare|permis[ăe]?)\b"
    # Spanish and French that say more than the wordings know
    r"|\b(?:uso|usar|usarse|utilizar\w*|reventa|venta|prohibid\w+|permiti\w+|permite|autoriza\w*|exclusiv[oa]s?|libre\w*|licencia\w*|usage|utilis\w+|réserv\w+|interdi\w+|autoris\w+|libre\w*)\b"
    r"|[\u0370-\u03ff\u0400-\u052f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{4}",
)  # fmt: skip
SPEAKS_OF_USE = Wording(
    "speaks-of-use", "not-read",
    r"\b(?:grant(?:s|ed|ing)?|(?:free|new|under|your|any|this|a|no) licen[cs]e|licen[cs]e (?:is|to|for|available|required)|permission(?! (?:type|date|number|status))|permitted|rights? to|prohibit\w*|forbid\w*|unlawful|redistribut\w*|re-?us(?:e|ed|ing)|freely|resell|resale|gpl|mit|bsd|apache)\b"
    r"|\b(?:may|can|must|shall|do|should) (?:not |only |freely ){0,2}(?:be )?(?:use|used|view|viewed|copy|copied|share|shared|distribute|distributed|reproduce|reproduced|download|downloaded|modif(?:y|ied)|sold|sell)\b"
    r"|\b(?:use|access|sharing|copying|distribution) (?:of [\w ]{1,40} )?(?:is|are) (?:\w+ )?(?:limited|restricted|free|open|allowed|reserved|prohibited)\b|\bno onward\b|\bopenly available\b"
    r"|^\W*(?:cost\W{1,3})?(?:free|no cost|no charge)\W*$",
)  # fmt: skip
"""Words on use that no other family knows: something is stated, and it is not understood."""
