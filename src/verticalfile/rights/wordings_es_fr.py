"""Wordings in Spanish and French, by the same families as the English ones (`wordings.py`).

US towns write Spanish beside English, and portals of Canada, France and Latin America are read too.
"""

from __future__ import annotations

from verticalfile.rights.wording import Wording

BANS = (
    Wording(
        "no-commercial-use-es-fr", "non-commercial",
        r"\b(?:uso comercial (?:está )?prohibid|(?:uso|usos|utilización|fines|finalidad(?:es)?) no (?:lucrativ|comercial))\w*|\bsin (?:fines|ánimo) de lucro|\bno comerciale?s?\b|\b(?:proh[ií]b\w+|no se (?:permite|autoriza))\b.{0,40}\b(?:uso|fines|explotación|venta)\b.{0,12}\b(?:comercial\w*|lucrativ\w*|lucro)"
        r"|\bno\b.{0,40}\b(?:vend(?:er|erse|ido|idos)|revend\w+|para fines comerciales|con fines comerciales)"
        r"|\b(?:usage|utilisation|fins|réutilisation|but)s? (?:non|pas)[ -]?(?:commercia\w+|lucratif)|\bpas d.utilisation commerciale|\bà des fins (?:non commerciales|personnelles)|\b(?:utilisation|usage|exploitation|réutilisation) commerciale?\b.{0,40}\b(?:interdit|pas (?:permis|autoris))",
        r"\bcomerciale?s? (?:y|o|e) no comercial\w*|\bcommerciale?s? (?:et|ou) non commercial\w*|\blucrativ\w+ (?:y|o) no lucrativ",
    ),
    Wording(
        "no-passing-on-es-fr", "no-redistribution",
        r"\bproh[ií]b\w+\b.{0,60}\b(?:reproducción|distribución|redistribución|difusión|copia|venta|reventa|uso)\b|\b(?:reproducción|distribución|redistribución|difusión|copia)\b.{0,60}\bprohibid\w+"
        r"|\bno se (?:permite|autoriza|podrán?|puede[n]?)\b.{0,40}\b(?:distribu|redistribu|reprodu|difu|copi|compart|modific|uso\b)\w*|\bno (?:distribuir|compartir|copiar|reproducir|difundir|divulgar)\b"
        r"|\b(?:reproduction|diffusion|redistribution|rediffusion|copie|utilisation|réutilisation|modification)\b.{0,60}\b(?:interdite?s?|n.est pas (?:permise|autorisée))|\binterdi\w+\b.{0,40}\b(?:reprodui|diffus|redistribu|copi|reprodu|utilis)\w*|\bne pas (?:diffuser|distribuer|partager|reproduire|copier|utiliser)\b|\bne (?:peut|peuvent|doit|doivent) (?:pas )?être (?:re)?(?:diffus|distribu|reprodui|copi|modifi|vendu|utilis)\w*",
    ),
    Wording(
        "internal-only-es-fr", "internal-only",
        r"\b(?:uso|consumo) (?:exclusiv\w+|solamente|únicamente|meramente|estrictamente)? ?(?:intern|oficial|institucional|personal)\w*(?: (?:exclusiv|solamente|únicamente)\w*|\W*$)|\b(?:solo|sólo|únicamente|exclusivamente) (?:para|con) (?:uso|fines) (?:\w+ ){0,2}(?:intern|personal|educativ|académic|oficial)\w*|\b(?:información|datos) (?:es |son )?confidencial\w*|^\W*(?:confidencial|confidentiel|uso interno|usage interne)\W*$"
        r"|\b(?:usage|utilisation) (?:strictement |uniquement |exclusivement )?(?:interne|personnel(?:le)?|réservée?)\b|\bréservée?s? (?:aux?|à l.usage)\b",
    ),
    Wording(
        "ask-first-es-fr", "ask-permission",
        r"\b(?:sin|requiere|solicit\w+|pedir|previa|con|mediante|obtener)(?: el| la| su| una?)? ?(?:previ[oa] )?(?:permiso|autorización|consentimiento)\b|\b(?:permiso|autorización|consentimiento) (?:previ[oa]|por escrito|expres[oa])"
        r"|\b(?:sans|avec|requiert|soumise? à|sous réserve d.|demander|moyennant|obtenir)(?: l.| une? | la )? ?(?:autorisation|permission|accord|consentement)\b|\b(?:autorisation|permission|accord) (?:préalable|écrite?|expresse)\b",
        r"\bsin (?:necesidad de|tener que|pedir|solicitar|requerir)\b.{0,20}\b(?:permiso|autorización)|\bsans (?:devoir )?(?:demander|besoin)\b",
    ),
    Wording(
        "rights-reserved-es-fr", "rights-reserved",
        r"\bderechos reservados\b|\breservados (?:todos )?los derechos\b|\breserva de derechos|\btous (?:les )?droits (?:sont )?réservés|\bdroits réservés\b|\bderechos de autor\b.{0,40}\b(?:pertenecen|reservad|protegid)\w*|\bprotegid\w+ por (?:los )?derechos de autor|\bprotégée?s? par (?:le |les )?droits? d.auteur",
        r"\bsin\b.{0,30}\bderechos reservados|\bningún\b",
    ),
)  # fmt: skip

DEDICATIONS = (
    Wording(
        "in-the-public-domain-es-fr", "dedication-text",
        r"\b(?:de|del|en el|al) dominio público\b|\b(?:dans le|du|au) domaine public\b|^\W*(?:dominio público|domaine public)\W*$",
        r"\b(?:no|ne|pas|sin|ni|algun[oa]s?|parte|partes|certain\w*|partie|parties|une partie|a partir|à partir|fuentes?|salvo|excepto|sauf|si|puede\w*|peut|peuvent)\b",
    ),
)  # fmt: skip

GRANTS = (
    Wording(
        "free-use-es-fr", "no-restrictions",
        r"\bsin restricci\w+|\b(?:se )?(?:permiten?|autorizan?)\b.{0,40}\b(?:uso|reutilización|reproducción|copia|utilización|distribución)\b.{0,80}\b(?:cualquier|libre|citando|siempre que|menci\w+|gratuit\w+|comerciales? (?:y|o) no comercial)"
        r"|\b(?:puede[n]?|podrán?)\b.{0,20}\b(?:re)?(?:utiliza|usa|copia|distribui|comparti)\w*\b.{0,40}\b(?:libremente|cualquier|citando|siempre que|gratuitamente|fines comerciales)|\blibre (?:uso|utilización|reutilización) (?:y|e|de|con|para)\b|\breutilización libre\b"
        r"|\b(?:utilisation|réutilisation)\b.{0,40}\b(?:est )?(?:libre|permise|autorisée)\b|\blibrement (?:réutilis|utilis|copi|diffus)\w+|\b(?:réutilisables?|utilisables?) (?:librement|sans restriction)|\bsans restriction\b|\bpeu(?:t|vent) être (?:librement )?(?:réutilis|utilis|reprodui|copi)\w+ (?:librement|sans|à condition|à toute)",
        r"\b(?:no|ne|pas|sauf|salvo|excepto|solo|sólo|únicamente|uniquement|seulement)\b(?! (?:solo|sólo|seulement|comercial\w*|commercial\w*)\b)|\bacc(?:eso|ès)\b",
    ),
)  # fmt: skip

POINTERS = (
    Wording(
        "terms-elsewhere-es-fr", "pointer",
        r"\b(?:consulte|véase|ver|vea|lea|visite|según|sujet[oa]s? a|conforme a)\b.{0,60}\b(?:términos|condiciones|licencia|aviso legal|política)\b|\b(?:términos|condiciones) (?:y condiciones )?de uso\b"
        r"|\b(?:voir|consultez|consulter|soumis\w*|selon)\b.{0,60}\b(?:conditions|licence|mentions légales|termes)\b|\bconditions (?:générales )?d.utilisation\b",
    ),
)  # fmt: skip

CREDITS = (
    Wording(
        "credit-asked-es-fr", "credit-only",
        r"^\W*(?:fuente|crédit[os]*|source|cita|autor)\W{0,2}:|\b(?:citar|cite|mencione|mencionar|citando|dar crédito)\b.{0,40}\b(?:fuente|autor|origen|procedencia|ayuntamiento|ciudad|municipio)|\b(?:citer|mentionner|mention de) (?:la |l.)?(?:source|auteur|origine|ville)",
    ),
)  # fmt: skip

DISCLAIMERS = (
    Wording(
        "disclaimer-es-fr", "disclaimer-only",
        r"\b(?:garantías?|garantiza\w*|garanties?|garanti[st]?|responsab\w+|tal cual|tel(?:le)?s? quel(?:le)?s?|exactitud|exactitude|precisión|errores|erreurs|omisiones|preliminar\w*|provision\w+|sujetos? a cambios?|sous toute réserve)\b",
    ),
)  # fmt: skip

PURPOSES = (
    Wording(
        "purpose-words-es-fr", "purpose-words",
        r"\b(?:fines|propósitos?|efectos|carácter|uso|título) (?:\w+ ){0,2}(?:informativ|ilustrativ|orientativ|referencia|estadístic)\w*|\bà titre (?:informatif|indicatif|d.information)|\bfins? (?:d.information|informatives?|indicatives?)|\bpara (?:referencia|consulta)\b",
    ),
    Wording(
        "audience-words-es-fr", "ambiguous-word",
        r"\bdatos (?:abiertos|públicos)\b|\bdonnées (?:ouvertes|publiques)\b|\buso (?:libre|público)\b|\b(?:público|abierto|gratuit[oea]?s?)\W*$|\blicen(?:cia|ce)\b|\bderechos\b|\bdroits\b|\binformación pública\b|\b(?:es|son|est|sont) (?:públic[oa]s?|publi(?:c|que)s?)\b",
    ),
)  # fmt: skip
