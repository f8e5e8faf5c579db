"""What Spanish speakers write when they want no more texts, over plain words (accents already gone)."""

import re
from typing import Final

MESSAGES: Final = r"(?:mensajes?|mensajitos?|textos?|texts?|llamadas?|correos?|alertas?|notificaciones|propaganda|publicidad|comunicaciones|comunicacion|spam|mms|messages?|nada|cosas|informacion politica|politica)"
ARTICLE: Final = r"(?:(?:los|las|la|el|sus|su|estos|esos|estas|esas|este|ese|esta|tantos|tantas|tanto|mas|de|mis|mi|todos|todas|otros|otro|un|una|ningun|ninguna|mandar|enviar|recibir|tus|tu|con|ya|a|texto|que|politicos|publicitarios) )"
WRITE: Final = (
    r"(?:mand(?:en|e|es|ar|aran?|aras|eis|es|arme|enme|eme|ame)|envi(?:en|e|es|ar|aran?|aras|arme|enme|eme)|escrib(?:an|a|as|ir|ieran?|ieras|irme|anme|ame)|contact(?:en|e|es|ar|aran?|aras|arme|enme|eme)|llam(?:en|e|es|ar|aran?|aras|arme|enme|eme)|"
    r"text(?:een|ee|ees|ear|earan?|earme|en|e|es|iar|ien|ie|eenme)|molest(?:en|e|es|ar|aran?|aras|arme|enme|eme)|habl(?:en|e|es|ar|arme|enme)|busqu(?:en|e|es)|marqu(?:en|e|es)|comuniqu(?:en|e|es)|mensaje(?:en|e|ar|es)|"
    r"fastidi(?:en|e|es|ar|arme)|joda[ns]?|joder(?:me)?|mandando(?:me)?|enviando(?:me)?|escribiendo(?:me)?|molestando(?:me)?|llamando(?:me)?|texteando(?:me)?|contactando(?:me)?|acos(?:en|e|ar|arme)|insist(?:an|a|ir)|chingar|fregar|friegar|chinguen|frieguen|mandarlos|enviarlos|mandarnos|enviarnos|escribirnos|contactarnos|llamarnos|textiar|textear(?:me)?|insistiendo|fregando|chingando|jodiendo)"
)
"""To send something, or to bother."""

SEND: Final = (
    r"(?:mand(?:en|e|es|ar|aran?|aras|eis|es|arme|enme|eme|ame)|envi(?:en|e|es|ar|aran?|aras|arme|enme|eme)|escrib(?:an|a|as|ir|ieran?|ieras|irme|anme|ame)|contact(?:en|e|es|ar|aran?|aras|arme|enme|eme)|llam(?:en|e|es|ar|aran?|aras|arme|enme|eme)|"
    r"text(?:een|ee|ees|ear|earan?|earme|en|e|es|iar|ien|ie|eenme)|habl(?:en|e|es|ar|arme|enme)|busqu(?:en|e|es)|marqu(?:en|e|es)|comuniqu(?:en|e|es)|mensaje(?:en|e|ar|es)|"
    r"mandando(?:me)?|enviando(?:me)?|escribiendo(?:me)?|llamando(?:me)?|texteando(?:me)?|contactando(?:me)?)"
)
"""To send something."""

REMOVE_ME: Final = r"(?:quit(?:en|e|a|ar)|borr(?:en|e|a|ar)|elimin(?:en|e|a|ar)|saqu(?:en|e)|sac(?:a|ar)|remuev(?:an|a|en|e)|remov(?:er|an|a)|retir(?:en|e|a|ar)|tach(?:en|e|a|ar)|suprim(?:an|a|ir)|quitaran?|borraran?|eliminaran?|sacaran?|excluy(?:an|a)|exclu(?:ir)|desuscrib(?:an|a|ir)|dese?registr(?:en|e|ar)|descart(?:en|e))"
MINE: Final = r"(?:(?:mi|este|el|mis|su|nuestro|ese|del|mi propio|todos mis) (?:\w+ )?(?:numero|nombre|telefono|celular|cel|cell|datos|contacto|informacion|numeros|movil|phone|number|info|registro))"
LIST: Final = r"(?:listas?|base|bases|sistema|registros?|contactos|directorio|agenda|list|mensajes|textos|database|archivos?|ahi|aqui|esto|eso|grupo|programa|todo|todas|todos)"

#: A "no" before these undoes them.
IMPERATIVE: Final = (
    rf"\b(?:dejen|deje|deja|dejar|dejes|dejame|dejenme|dejaran?|dejaras|dejan|abstenganse|abstengase|abstente|parenle|parele|parale|pararan?|paren|pare|para|parar|cesen|cese|eviten|evite|basta|stop|detengan|detenga|paren ya|deben|quiten|suspendan|suspenda|terminen|cancelen) (?:ya )?(?:de )?(?:(?:estar|estarme|seguir|tanto|favor) )?{WRITE}\b",
    rf"\b(?:paren|pare|parar|detengan|detenga|detener|suspendan|suspenda|terminen|termine|cesen|cese|basta|alto|stop|dejen|deje|cancelen|cancele|cancelar|cancela|cancelo|bloqueen|quiten|quite|eliminen) (?:ya )?(?:(?:de|a|con|ya) )?{ARTICLE}{{1,3}}{MESSAGES}\b(?! de los otros)",
    rf"\b(?:cancelen|cancele|cancelar|cancela|cancelo|cancelenme|canceleme|stop|paren|parar|pare|alto|detener|terminar) (?:(?:los|estos|sus|tus|esos|mis|todos los) )?{MESSAGES}\b",
    r"\b(?:cancelen|cancele|cancelar|cancela|cancelenme|canceleme|anulen|anule|anular|terminar|terminen) (?:(?:mi|esta|la|mis|esa) )?(?:suscripcion|inscripcion|subscripcion|alertas|servicio de (?:mensajes|textos|texto))\b",
    rf"\b{REMOVE_ME}(?:me|nos)\b(?! (?:la|el|los|las|una|un|de (?:la )?(?:duda|dudas|apuros|turno|horario))\b)",
    rf"\bme (?:pueden |puede |puedes |podrian |podria )?(?:{REMOVE_ME}|quitan|quitas|borran|borras|eliminan|eliminas|sacan|sacas|remueven)(?= (?:de|del|por favor|ya|gracias)\b| \||$)",
    rf"\b(?:que|favor de|por favor) me {REMOVE_ME}\b",
    rf"\b(?:{REMOVE_ME}|quitan|borran|eliminan) (?:por favor )?(?:a )?{MINE}\b",
    rf"\b(?:{REMOVE_ME}) (?:(?:de|del) )(?:(?:la|su|sus|esa|esta|tu|los) )?{LIST}\b",
    r"\b(?:dar|darme|deme|denme|dame|darse|darnos|doy|dado|den|dada|dadme|dar me|me dan|me da|causar|solicito|solicitar|pido|quiero|quiero la|quisiera la) (?:de )?(?:mi )?baja\b",
    r"\b(?:de baja|baja por favor|por favor baja)\b(?! (?:calidad|medica|maternidad|los|las|el|la)\b(?! lista))",
    r"\b(?:desuscribir|desuscribirme|desuscribanme|desuscribeme|desuscribirse|desuscriban|desinscribirme|desafiliarme|desuscripcion|darme de baja)\b",
    r"\b(?:quiero|quisiera|deseo|necesito|favor de|puedo|como puedo|por favor|porfavor|me gustaria|solicito) (?:\w+ )?(?:cancelar|parar|salir|salirme|detener esto|cancelarlo|parar esto|retirarme|borrarme)(?= \||$| (?:esto|ya|por favor|gracias|los (?:mensajes|textos)|mensajes|textos|de (?:la|su|esta|esa) lista|de esto))",
    r"\b(?:dejen|deje|deja|paren|pare) de texting\b",
    r"\b(?:dejen|deje|deja|paren|pare|eviten) de (?:usar|utilizar) (?:mi|este|ese) (?:numero|telefono|celular|nombre)\b",
    rf"(?:^|\| |\bfavor |\bfavor de |\bgracias )(?:{REMOVE_ME}) (?:el |este |mi |ese )?(?:numero|nombre|telefono|celular|contacto)\b",
    r"\b(?:baja|cancelar|cancele|cancelen|cancela|terminar|terminen|detener|detenga|detengan|suspender|suspendan) (?:del |el |al |este |de )?(?:servicio|todo|esto|eso)(?= \||$| de (?:mensajes|textos|texto)| por favor| ya| gracias)",
    r"(?:^|\| )(?:ya )?(?:para|pare|paren|parale|detenga|detengan|alto)(?: (?:ya|esto|eso|por favor|gracias|de una vez|con esto))+(?= \||$)",
    r"\bsalir(?:me)? de (?:la|su|esta|esa|sus) (?:lista|listas|grupo)\b(?! de espera)",
    r"\b(?:solicit\w+|pido|quiero|quisiera|deseo|necesito|tramitar|gestionen) (?:la |mi |una )?baja\b",
    r"\bcomo (?:le |puedo |podria |hago |se |me |hay que |debo |tengo que )*(?:hacer )?(?:para )?(?:que )?(?:me )?(?:salgo|salir(?:me)?|cancelo|cancelar|paro|parar|detengo|detener|elimino|borro|borrar(?:me)?|quito|quitar(?:me)?|bloqueo|bloquear)(?= \||$| (?:esto|de (?:la|su|esta|esa|aqui|esto)|los (?:mensajes|textos)|mensajes|textos|estos|sus|la suscripcion|mi suscripcion|mi numero|por favor|ya))",
    r"\bcomo (?:\w+ ){0,4}?(?:(?:no|ya no|dejar de|dejo de) (?:me )?(?:recib\w+|manden|escriban|lleguen)|desuscrib\w+|me doy de baja)\b",
    r"\b(?:dije|dijimos|digo|mande|escribi|puse|conteste|respondi|envie|he dicho|dicho) (?:ya )?(?:que )?(?:stop|alto|paren|parar|basta|no mas)\b(?! (?:por error|sin querer))",
    r"(?:^|\| |\bya )(?:parenle|parele|parale)\b(?! (?:al|a la|a los politicos))",
    r"\b(?:revoco|retiro|cancelo) (?:mi )?(?:consentimiento|permiso|autorizacion|suscripcion)\b",
    r"\b(?:favor de )?no (?:volver|vuelvan|vuelva|vuelvas) a (?:\w+)",
)  # fmt: skip

#: These carry their own "no".
NEGATIVE: Final = (
    rf"\b(?:no|nunca|jamas|ni|ya no|tampoco|nunca mas|no mas) (?:(?:quiero que|deseo que|quisiera que|queremos que|se les ocurra|vuelvan a|vuelva a|vuelvas a|sigan|siga|sigas|permito que|mas|por favor|please) )*(?:me|nos|le|les) (?:(?:vuelvan a|vuelva a|vuelvas a|sigan|siga|sigas|anden|esten|mas|ya|este) )*{SEND}\b",
    rf"\bno (?:(?:sigan|siga|sigas|vuelvan a|vuelva a|vuelvas a|anden|esten|este) )+{SEND}\b",
    rf"\bno (?:{SEND}) (?:(?:mas|a este|a mi|al|ningun|a esta|a este numero|otro|otra vez) )*(?:{MESSAGES}|mas|numero|telefono|celular)\b",
    rf"\b(?:no|ya no|nunca|tampoco|jamas|no mas) (?:(?:quiero|deseo|queremos|deseamos|quisiera|quiere|autorizo|necesito|acepto|me interesan?(?= recibir)|me gustan?(?= (?:recibir|que me))|me gustaria|consiento|permito|solicite|pedi) )(?:(?:recibir|seguir recibiendo|que me lleguen|que me llegue|obtener|mas|continuar recibiendo|ver|tener|leer|de|sus|tus|estos|esos|este tipo de|mas de|ningun|ninguna|los|en) )*(?:{MESSAGES}|recibir|recibirlos|texts|texto|estar en (?:la|su|esta|esa) lista|esto mas|lista)\b(?! (?:de (?:el|ella|ellos|otros)|para|que))",
    rf"\b(?:no|ya no|nunca|jamas) (?:quiero|deseo|quisiera|queremos|permito|autorizo|necesito|doy permiso|di permiso)(?: para)? que (?:ya )?(?:me|nos|le) (?:\w+ )?(?:{SEND}|envian|contacten|molesten|lleguen|llegue)\b",
    rf"(?:^|\| |\bfavor |\bfavor de |\bya |\bstop |\bequivocado |\bgracias |\bmejor |\by )(?:ya )?(?:no|nunca) (?:mas )?{SEND}(?= \||$| por favor| mas| gracias| nunca| otra vez| porfavor| a este| ya)",
    r"\b(?:no|nunca|jamas) (?:quiero que |autorizo que )?(?:usen|use|uses|utilicen|utilice) (?:mas )?(?:mi|este|ese) (?:numero|telefono|celular)\b",
    rf"(?:^|\| |\bfavor |\bquiero |\bmejor )(?:no|ya no|nunca) (?:quiero |deseo )?(?:volver a )?recibir (?:mas )?(?:{ARTICLE})*{MESSAGES}\b",
    r"\b(?:no|ya no|nunca) (?:quiero|deseo|quisiera) (?:volver a )(?:recibir|saber|ver|oir)\b",
    r"(?:^|\| |\bya |\bfavor )(?:nada de|ningun|ni un|ningunos?|cero) (?:mas )?(?:mensajes?|textos?|llamadas?)\b",
    rf"\bno (?:tienen|tiene|tienes|les doy|le doy|doy|cuentan con) (?:mi |el |ningun )?(?:permiso|autorizacion|consentimiento) (?:de|para|a) (?:que )?(?:me )?(?:{SEND}|usar)\b",
    r"\bno me text(?:s|ing)?\b",
    rf"\b(?:no|ya no|nunca) (?:me |nos )?(?:molest\w+|fastidi\w+|fregu\w+|chingu\w+) (?:mas )?con (?:{ARTICLE})*{MESSAGES}\b",
    r"\b(?:no|ya no|nunca|jamas) (?:quiero|deseo|quisiera) (?:ser|estar) (?:contactad[oa]|molestad[oa]|texted|en (?:la|su|esta|esa|sus|ninguna) (?:lista|base))\b",
    r"\b(?:numero|telefono|celular|nombre)\b.*\b(?:borr|elimin|quit|saqu|remuev|tach)(?:en|e|an|a|alo|enlo|elo|anlo)(?:lo|los|la)?(?= \||$| por favor| gracias| ya| de)",
    r"\b(?:no|ya no) (?:quiero|deseo) (?:saber|oir|escuchar) (?:mas |nada )*(?:de ustedes|de ti|de usted|de esto|de su)\b",
    rf"\b(?:no|ni|nunca|ya no|y no|ya) (?:mas|un|ningun|otro|tantos|manden mas) (?:{ARTICLE})*?(?:mensajes?|mensajitos?|textos?|texts?|llamadas?|text|messages?|correos?|spam|alertas?|propaganda)\b(?: mas)?",
    r"(?:^|\| |por favor )(?:no|cero) (?:mensajes|textos|llamadas)\b(?! de (?:el|ella)\b)",
    rf"\b(?:prefiero|preferiria|les pido|le pido|pido|ruego|agradeceria|solicito|exijo|quiero|por favor|favor de|porfavor|agradezco|pedimos|necesito) (?:que )?(?:ya )?(?:no|nunca) (?:me |nos )?(?:\w+ )?(?:{SEND}|recibir|reciban)\b",
    r"\b(?:que|por favor|ya) (?:ya )?(?:paren|pare|se detengan|dejen)(?: (?:ya|por favor|esto|de|con|los|las|mensajes|textos|esos|estos))*(?= \||$)",
    rf"\b(?:quiero|quisiera|deseo|necesito) (?:que )?(?:dejar de|paren de|dejen de|dejen|paren|ya no|pararan|parar|parar de|detener) (?:(?:de|que|me|los|estos|sus) )*(?:{SEND}|recibir\w*|{MESSAGES}|lleguen)\b",
    r"\b(?:borr|elimin|quit|saqu)(?:en|e)(?:me|nos)\b.*\b(?:lista|numero|base|sistema)\b",
)  # fmt: skip

LIKELY: Final = (
    r"\b(?:no (?:me|nos) interesan?|no estoy interesad[oa]s?|no estamos interesad[oa]s|no tengo (?:ningun )?interes|sin interes|no me importan?|no interesad[oa])\b(?! .*\bpero\b)",
    r"\b(?:dejenme|dejeme|dejame|dejenos|dejennos|dejen|deje|me dejen|me deje|me dejan|dejarme)(?: \w+){0,2} (?:en paz|tranquil[oa]s?|quiet[oa]|sol[oa])\b",
    r"(?:^|\| |\bya |\bque )basta(?= \||$| ya| de| por favor| con (?:los|sus|tanto|tantos|estos))|\bbasta ya\b",
    r"\b(?:no (?:me |nos |este |esten |estes )?(?:molest|fastidi|jod|chingu|insist|acos|fregu)\w+)\b",
    r"(?:^|\| |\bpor favor |\bgracias |\bgracias \| |\bno \| )(?:ya no|no mas|ya no mas|nunca mas|no ya|ya no por favor|no quiero|ya no quiero|no lo quiero|no quiero nada|no quiero esto|ya no quiero nada)(?= \||$| gracias| por favor| esto| nada| saber| hablar| politica)",
    r"\b(?:acos(?:o|ando|an|arme)|hostigamiento|hostigando|hostigar|es (?:un |puro )?spam)\b",
    r"\b(?:bloquear|bloqueare|bloqueado|bloqueada|bloqueados|bloqueo|bloqueando|bloqueare|reportar|reportare|reportado|reportados|reportando|denunciar|denunciare|demandar|demandare|denuncia)(?:los|lo|la|las|te|le|les)?\b",
    r"\b(?:largo|largate|larguense|vayanse|vete|vayase|callate|callense|chinga\w*|chingue\w*|chinguen|jodete|jodanse|pendej\w+|mierda|pudranse|metase\w*|al diablo|al carajo|a la mierda|vete a la)\b(?! (?:sus impuestos|alcance))(?! (?:camino|tiempo|plazo))",
    r"\b(?:quien|como|donde|por que) (?:\w+ )?(?:les?|te|les|consiguieron|obtuvieron|tienen|sacaron|obtuvo|dio)(?: \w+){0,2} (?:mi|este) numero\b(?=.*\b(?:no|nunca|moleste\w*|basta|privad\w*)\b)|\bquien (?:les?|te) (?:ha )?(?:dio|dado) (?:mi|este) (?:numero|telefono)\b",
    r"\b(?:nunca|no|jamas) (?:me (?:suscribi|registre|inscribi|apunte|anote)|(?:les |le )?(?:di|autorice|pedi|solicite|acepte|he dado|doy|dimos) (?:mi |esto|estos|permiso|consentimiento|autorizacion|el numero|este|nada|recibir|mensajes|textos|ningun|ninguna))",
    r"\b(?:hart[oa]s?|cansad[oa]s?|fastidiad[oa]s?|aburrid[oa]s?) (?:ya )?(?:de|con) (?:(?:tantos|tanto|sus|los|estos|recibir|tantas|que|la|esos|tu|tus|ustedes) ?)+",
    r"\b(?:demasiados|tantos|muchos) (?:mensajes|textos|texts)\b",
    r"\b(?:pierd\w+|perder|malgast\w+) (?:\w+ )?(?:su|tu|el|mi|mas) ?tiempo\b|\b(?:no insista|no insistan|ni lo intente|no pierdan|ni se moleste\w*)\b",
    r"\b(?:por que|porque) (?:me )?(?:siguen|sigue|sigues|tanto|mandan|me mandan|me escriben|me estan|me envian|me siguen|insisten)\b",
    r"\b(?:no hablo|no me gusta|odio|no quiero|no discuto|nada de|no quiero nada con|no me hablen de) (?:de |la |hablar de |saber de |nada de |con la |que ver con la )*politica\b|\brespeten? mi privacidad\b|\bolvid\w+ (?:mi|este) numero\b|\bborr\w+ esto\b",
)  # fmt: skip

NO_BEFORE: Final = re.compile(
    r"\b(?:no|nunca|jamas|sin|tampoco|favor de no|por favor no)(?: (?:me|nos|lo|dar|darme|darse|den|quiero|que|deseo|puedo|quise|queria|pueden|vayan|vaya|a|hay|se|voy|van|quisiera|necesito|trato|estoy|tratando|de|por|favor|queria|pedi|les|intentaba|intento|queremos))*$"
)
"""A "no" that undoes the request right after it."""

#: "no me llame la policía": not a thing that a texter sends.
OTHER_OBJECT: Final = re.compile(
    r" a mi solo| (?:la|el|los|las|un|una|otra|otro) (?!mensaje|texto|vez|dia|numero|celular)"
)


def rather_texts(matched: str, after: str) -> bool:
    """Whether calls are refused and texts asked for: "no me llamen, mejor manden textos"."""
    return (
        "llam" in matched
        and re.search(r"\b(?:mejor|mande|manden|textos?|mensajes?|escriba|escriban|textee)\b", after) is not None
        and "ni" not in after.split()[:2]
    )
