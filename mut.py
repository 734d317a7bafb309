import subprocess,sys
M=[("model/mechanisms/creators.py","parameters.creator_adjustment * gap","0.9 * parameters.creator_adjustment * gap","tests/mechanisms/test_creators.py"),
("model/mechanisms/creators.py","opening.live <= month","opening.live < month","tests/mechanisms/test_creators.py"),
("model/mechanisms/creators.py","opening.sponsors * _column(audience, size)","opening.sponsors","tests/mechanisms/test_creators.py"),
("model/mechanisms/tiktok.py","factor: Floats = now / then","factor: Floats = now","tests/mechanisms/test_tiktok.py"),
("model/mechanisms/tiktok.py","sum(gained) - sum(spared)","sum(gained)","tests/mechanisms/test_tiktok.py"),
("model/mechanisms/tiktok.py","step = np.minimum(room, ","step = (","tests/mechanisms/test_tiktok.py"),
("model/mechanisms/advertising.py","value ** (ads.ces_sigma - 1.0)","value ** (ads.ces_sigma)","tests/mechanisms/test_advertising.py"),
("model/mechanisms/advertising.py","hours * load, users * days","hours, users * days","tests/mechanisms/test_advertising.py"),
("model/mechanisms/advertising.py","- ads.own[:, channel]","","tests/mechanisms/test_advertising.py"),
("model/state/ad_markets.py","hours = parameters.banned_tiktok_hours / like.tiktok.hours_per_user_month","hours = 1.0","tests/state/test_ad_markets.py"),
("model/mechanisms/ad_growth.py","2.5 * early + 9.5 * late","12.0 * early","tests/mechanisms/test_ad_growth.py"),
("model/mechanisms/ad_growth.py","-math.expm1(-fade * months) / fade","months","tests/mechanisms/test_ad_growth.py"),
("model/theory/ads.py","here + excess / sigma, there)","here, there)","tests/theory/test_ads.py"),
("model/theory/ads.py","start is None else floats(start)","start is None else 0*floats(start)","tests/theory/test_ads.py"),
]
for f,a,b,t in M:
    s=open(f).read(); assert s.count(a)==1,(f,a,s.count(a))
    open(f,"w").write(s.replace(a,b))
    try: r=subprocess.run([sys.executable,"-m","pytest","-q","-x",t],capture_output=True,text=True,timeout=200).stdout.strip().splitlines()[-1]
    finally: open(f,"w").write(s)
    print(f.split("/")[-1],"|",a[:40],"|",r)
