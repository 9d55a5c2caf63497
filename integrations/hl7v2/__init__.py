"""HL7 v2 in and out: messages from hospital and institution systems to statements, assessments to ORU^R01.

    bytes ─frames▶ frame ─charset▶ text ─tokens▶ segments ─gate▶ admitted ─reading▶ statements ─▶ assess
                                                                                     ORU^R01 ◀result─┘

`channel` knows the order, `edge` the sockets and HTTP. No message is kept, here or anywhere.
"""
