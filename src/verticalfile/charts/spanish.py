"""The Spanish of charts: messages, plurals, months. Proposed; a native reader should review it."""

from __future__ import annotations

MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
    "octubre", "noviembre", "diciembre",
)  # fmt: skip

MESSAGES: dict[str, str] = {
    "%(all)s values are drawn as at most %(drawn)s: the lowest and highest of each stretch of time.": "Se dibujan %(all)s valores con %(drawn)s puntos como máximo: el más bajo y el más alto de cada período.",
    "%(first)s on %(start)s; there is one value.": "%(first)s el %(start)s; hay un solo valor.",
    "%(highest)s: %(high)s.": "%(highest)s: %(high)s.",
    "%(name)s: from %(first)s to %(last)s.": "%(name)s: de %(first)s a %(last)s.",
    "%(name)s: no values.": "%(name)s: sin valores.",
    "%(column)s of %(key)s: %(title)s": "%(column)s de %(key)s: %(title)s",
    "(%(n)s more lines)": "(%(n)s líneas más)",
    "As of %(day)s.": "Al %(day)s.",
    "At least": "Como mínimo",
    "At most": "Como máximo",
    "Barred circle: withdrawn by the library.": "Círculo con barra: retirado por la biblioteca.",
    "Could not be read": "No se pudo leer",
    "Cross: could not be read.": "Cruz: no se pudo leer.",
    "Date": "Fecha",
    "Diamond: only columns changed.": "Rombo: solo cambiaron las columnas.",
    "Dotted: the publisher did not offer it.": "Puntos: la fuente no lo ofrecía.",
    "First seen": "Visto por primera vez",
    "First version": "Primera versión",
    "From": "Desde",
    "From %(start)s to %(end)s.": "Del %(start)s al %(end)s.",
    "From %(start)s to %(end)s: %(why)s.": "Del %(start)s al %(end)s: %(why)s.",
    "Hatched: %(reasons)s.": "Rayado: %(reasons)s.",
    "Hatched: we did not check.": "Rayado: no hicimos revisiones.",
    "Held for review": "En revisión",
    "Highest: %(name)s with %(value)s on %(day)s.": "El más alto: %(name)s con %(value)s el %(day)s.",
    "Highest: %(value)s on %(day)s.": "El más alto: %(value)s el %(day)s.",
    "Hollow: too uncertain to use.": "Sin relleno: demasiado incierto para usar.",
    "How many": "Cuántos",
    "It fell from %(first)s on %(start)s to %(last)s on %(end)s.": "Bajó de %(first)s el %(start)s a %(last)s el %(end)s.",
    "It rose from %(first)s on %(start)s to %(last)s on %(end)s.": "Subió de %(first)s el %(start)s a %(last)s el %(end)s.",
    "It was %(first)s on %(start)s, and again on %(end)s.": "Era %(first)s el %(start)s, y de nuevo el %(end)s.",
    "Lowest: %(value)s on %(day)s.": "El más bajo: %(value)s el %(day)s.",
    "Name": "Nombre",
    "Nothing to draw": "No hay nada que dibujar",
    "One mark for each version; the taller, the more rows changed.": "Una marca por versión; cuanto más alta, más filas cambiaron.",
    "Only columns changed": "Solo cambiaron las columnas",
    "Only the form of the file changed": "Solo cambió la forma del archivo",
    "Rows changed": "Cambiaron filas",
    "Rows touched": "Filas afectadas",
    "Show the numbers": "Mostrar los números",
    "Small circle: only the form of the file changed.": "Círculo pequeño: solo cambió la forma del archivo.",
    "Source: %(source)s": "Fuente: %(source)s",
    "The %(shown)s largest of %(all)s are drawn; the table has all.": "Se dibujan los %(shown)s mayores de %(all)s; la tabla los tiene todos.",
    "The first %(shown)s of %(all)s are drawn; the table has all.": "Se dibujan los primeros %(shown)s de %(all)s; la tabla los tiene todos.",
    "The first %(shown)s of %(all)s rows. The CSV file has all of them.": "Las primeras %(shown)s de %(all)s filas. El archivo CSV las tiene todas.",
    "The line beside a dot shows what the value may well be.": "La línea junto a un punto muestra entre qué valores puede estar.",
    "The most rows, %(rows)s, changed on %(day)s.": "El mayor número de filas, %(rows)s, cambió el %(day)s.",
    "The scale does not begin at zero.": "La escala no empieza en cero.",
    "The smallest are drawn together; the table has all.": "Los menores se dibujan juntos; la tabla los tiene todos.",
    "There are no values.": "No hay valores.",
    "There is no version yet.": "Todavía no hay ninguna versión.",
    "To": "Hasta",
    "Together": "En total",
    "Triangle: held for review.": "Triángulo: en revisión.",
    "Value": "Valor",
    "Values below zero cannot be stacked; they stand in the table.": "Los valores bajo cero no se pueden apilar; están en la tabla.",
    "Version": "Versión",
    "What happened": "Qué pasó",
    "Where versions lie close, one mark stands for several.": "Donde hay versiones muy juntas, una marca vale por varias.",
    "Withdrawn by the library": "Retirado por la biblioteca",
    "in billions": "en miles de millones",
    "in millions": "en millones",
    "less than %(share)s": "menos de %(share)s",
    "not checked": "sin revisión",
    "no state": "sin registro",
    "Hatched: the source records no state.": "Rayado: la fuente no registra ningún estado.",
    "A time without a state counts as a gap when it is three times as long as is usual around it.": "Un período sin estados se marca cuando dura el triple de lo usual a su alrededor.",
    "not known": "no se sabe",
    "not offered": "no ofrecido",
    "Rows in %(title)s": "Filas de %(title)s",
    "Rows": "Filas",
    "the table had no such column": "la tabla no tenía esa columna",
    "Share of rows without %(column)s: %(title)s": "Parte de las filas sin %(column)s: %(title)s",
    "Blank": "En blanco",
    "Rows by %(column)s: %(title)s": "Filas según %(column)s: %(title)s",
    "Sum of %(column)s: %(title)s": "Suma de %(column)s: %(title)s",
    "Lowest %(column)s: %(title)s": "%(column)s, el valor más bajo: %(title)s",
    "Median %(column)s: %(title)s": "%(column)s, la mediana: %(title)s",
    "Highest %(column)s: %(title)s": "%(column)s, el valor más alto: %(title)s",
    "all others": "todos los demás",
    "(blank)": "(en blanco)",
    "the publisher did not offer it": "la fuente no lo ofrecía",
    "the row was not in the file": "la fila no estaba en el archivo",
    "withdrawn by the library": "retirado por la biblioteca",
    "the file could not be read": "no se pudo leer el archivo",
    "held for review": "en revisión",
    "the file had no such table": "el archivo no tenía esa tabla",
    "the source records no state": "la fuente no registra ningún estado",
    "we did not check": "no hicimos revisiones",
    "Of %(all)s versions %(shown)s are drawn, as the table is large.": "De %(all)s versiones se dibujan %(shown)s, porque la tabla es grande.",
    "Each row has another value.": "Cada fila tiene un valor distinto.",
    "Values of %(column)s: %(title)s": "Valores de %(column)s: %(title)s",
    "%(column)s by %(group)s: %(title)s": "%(column)s según %(group)s: %(title)s",
    "The dot is the median; the line holds the middle half of the rows.": "El punto es la mediana; la línea abarca la mitad central de las filas.",
    "Versions of %(title)s": "Versiones de %(title)s",
}

PLURALS: dict[str, tuple[str, str]] = {
    "%(n)s more line is not drawn.": (
        "No se dibuja %(n)s línea más.",
        "No se dibujan %(n)s líneas más.",
    ),
    "%(n)s other": ("%(n)s otro", "%(n)s otros en conjunto"),
    "%(n)s value between %(low)s and %(high)s.": (
        "%(n)s valor entre %(low)s y %(high)s.",
        "%(n)s valores entre %(low)s y %(high)s; la barra más alta, de %(from)s a %(to)s, tiene %(most)s.",
    ),
    "%(n)s value, %(high)s.": ("%(n)s valor, %(high)s.", "%(n)s valores, todos de %(high)s."),
    "%(n)s value; the highest is %(highest)s with %(high)s, the lowest %(lowest)s with %(low)s.": (
        "%(n)s valor; el más alto es %(highest)s con %(high)s, el más bajo %(lowest)s con %(low)s.",
        "%(n)s valores; el más alto es %(highest)s con %(high)s, el más bajo %(lowest)s con %(low)s.",
    ),
    "%(n)s version, on %(start)s.": (
        "%(n)s versión, el %(start)s.",
        "%(n)s versiones, del %(start)s al %(end)s.",
    ),
    "Each bar stands for %(n)s row of the table.": (
        "Cada barra vale por %(n)s fila de la tabla.",
        "Cada barra vale por %(n)s filas de la tabla.",
    ),
    "%(n)s row has no number and is not drawn.": (
        "%(n)s fila no tiene número y no se dibuja.",
        "%(n)s filas no tienen número y no se dibujan.",
    ),
    "There is %(n)s stretch without data; the longest is from %(start)s to %(end)s: %(why)s.": (
        "Hay %(n)s interrupción; la más larga va del %(start)s al %(end)s: %(why)s.",
        "Hay %(n)s interrupciones; la más larga va del %(start)s al %(end)s: %(why)s.",
    ),
    "%(n)s value in a version is no number and is left out.": (
        "%(n)s valor de una versión no es un número y no se cuenta.",
        "Hasta %(n)s valores de una versión no son números y no se cuentan.",
    ),
    "%(n)s version is withdrawn and not drawn.": (
        "%(n)s versión está retirada y no se dibuja.",
        "%(n)s versiones están retiradas y no se dibujan.",
    ),
    "%(n)s version that is drawn may not be whole.": (
        "%(n)s versión dibujada puede estar incompleta.",
        "%(n)s versiones dibujadas pueden estar incompletas.",
    ),
    "%(n)s version is held for review and not drawn.": (
        "%(n)s versión está en revisión y no se dibuja.",
        "%(n)s versiones están en revisión y no se dibujan.",
    ),
    "A time without a look counts as a gap when it is longer than %(n)s day.": (
        "Un período sin revisiones se marca cuando dura más de %(n)s día.",
        "Un período sin revisiones se marca cuando dura más de %(n)s días.",
    ),
}
"""By the English singular: (singular, plural)."""


class Catalogue:
    """`gettext` and `ngettext` over the two dictionaries; what is missing stays English."""

    def gettext(self, message: str, /) -> str:
        return MESSAGES.get(message, message)

    def ngettext(self, one: str, many: str, n: int, /) -> str:
        forms = PLURALS.get(one, (one, many))
        return forms[0] if n == 1 else forms[1]
