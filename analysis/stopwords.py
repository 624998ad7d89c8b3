"""English function words: the one language we do not leave to the statistics alone."""

_LIST = """
a about above after again against all almost also although always am among an and another any
anybody anyone anything are aren't around as at away back be because been before being below
between both but by can can't cannot could couldn't did didn't do does doesn't doing don't done
down during each either else enough even ever every everyone everything few for from further
get gets getting give given go goes going gone gonna got had hadn't has hasn't have haven't
having he he's her here here's hers herself hi him himself his how how's however i i'd i'll i'm
i've if in instead into is isn't it it'd it'll it's its itself just keep kind know least less
let let's like lot made make makes making many may maybe me mean might mine more most much must
my myself need needs never no none nor not nothing now of off often ok okay on once one ones
only onto or other others our ours ourselves out over own per perhaps please possible put
quite rather really right said same say says see seem seems shall she she's should shouldn't
since so some somebody someone something sometimes still such sure take tell than thank thanks
that that'd that'll that's the their theirs them themselves then there there's these they
they'd they'll they're they've thing things this those though through thus to together too
toward try trying under until up upon us use used using very via want wanted wants was wasn't
way we we'd we'll we're we've well were weren't what what's whatever when when's whenever where
where's whether which while who who's whoever whole whom whose why will with within without
won't would wouldn't yes yet you you'd you'll you're you've your yours yourself yourselves
dont cant im ive id youre thats whats isnt doesnt didnt wont
"""
ENGLISH = frozenset(_LIST.split())

# Words no other large language shares. In other languages the list above would cost real words:
# "most" is a bridge in Czech, "kind" a child in German.
UNMISTAKABLE = frozenset(["the", "and", "with", "for", "from", "this", "that", "when", "should"])
